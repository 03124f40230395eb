//! Ratings: how it was with somebody, in one tap under the end of a room. Whoever is rated hears nothing of it.

use hamdam_domain::conduct::{Judgement, week};
use hamdam_domain::fact::Fact;
use hamdam_domain::id::RoomId;
use hamdam_domain::outbox::Toast;

use crate::decide::Scene;
use crate::plan::{First, Plan};

impl Scene<'_> {
    /// The button: whoever was met in this room, for as long as it may be spoken of. The last word counts.
    pub(crate) fn rates(&self, room: RoomId, up: bool) -> Plan {
        let Some(last) = self.record.last_room.filter(|last| last.room == room) else {
            return Plan::just(self.over());
        };
        let (partner, at) = (last.partner, self.now);
        let mut act = self.toasts(Toast::Rated { up });
        act.facts.push(Fact::Rated { room, rater: self.said.user, rated: partner, up, at });
        let judgement = Judgement::Rated { room, up, week: week(at) };
        Plan::Act { first: Some(First::Judge(partner, judgement)), act, then: None }
    }
}
