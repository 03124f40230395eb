//! Steps on how users behaved.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::Judgement;
use hamdam_domain::id::UserId;

use super::world::World;

/// How long it is remembered how somebody was rated in a room: after it, nobody can rate there any more.
pub(super) const RATING_KEPT: Duration = Duration::from_hours(1);

impl World {
    pub(super) fn judge(&mut self, id: UserId, judgement: &Judgement, now: Millis) {
        let Some(user) = self.users.get_mut(&id) else { return };
        match *judgement {
            Judgement::Against(complaint) => user.conduct.complain(complaint),
            Judgement::Withdrawn(origin) => user.conduct.withdraw(origin),
            Judgement::Rated { room, up, week } => {
                let rating = (up, now.after(RATING_KEPT));
                let before = self.rated.insert((id, room), rating).filter(|(_, until)| *until > now);
                user.conduct.rate(before.map(|(up, _)| up), up, week);
            }
        }
    }
}
