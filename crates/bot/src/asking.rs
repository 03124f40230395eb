//! Messages that reveal something of their writer: asked about, sent anyway, or held back.
//!
//! Nothing of a message is kept meanwhile but its id: the button names it, the record remembers that it was asked about,
//! and the press shows how it stands now.

use hamdam_domain::id::{MessageId, RoomId};
use hamdam_domain::outbox::Notice;
use hamdam_domain::record::Asked;
use hamdam_domain::reveal::Concern;

use crate::anonymity::{Reveals, Verdict};
use crate::decide::Scene;
use crate::moves::Talk;
use crate::plan::{Move, Outcome, Plan, Relaying};
use crate::understand::About;

impl Scene<'_> {
    /// What becomes of a message of this user that reveals so much. The strictest of all reasons counts.
    pub(crate) fn verdict(&self, reveals: Reveals) -> Verdict {
        let revealed = self.settings.policies.verdict(reveals, self.record.new_since.is_some());
        let all = [self.of_words(), revealed, self.of_repeats()];
        let find = |is: fn(&Verdict) -> bool| all.iter().copied().find(is);
        find(|verdict| matches!(verdict, Verdict::Hold(_)))
            .or_else(|| find(|verdict| matches!(verdict, Verdict::Ask(_))))
            .unwrap_or(Verdict::Pass)
    }

    /// The message waits until its writer says that they mean it.
    pub(crate) fn asks_whether(&self, talk: Talk, message: MessageId, what: Concern) -> Move {
        let room = talk.room;
        let mut act = self.refused(Notice::SendAnyway { room, message, what }, Some(message));
        act.asked = Some(Asked::with(self.record.asked.as_ref(), room, message));
        act
    }

    pub(crate) fn held_back(&self, what: Concern) -> Notice {
        let new = matches!(what, Concern::Reveals(what) if self.settings.policies.holds_newcomers_only(what));
        Notice::HeldBack { what, new }
    }

    /// A change that reveals something stays where it was made. A message that waits for a word goes on waiting: whether
    /// it may be sent is looked at again when the word comes.
    pub(crate) fn change_held_back(&self, talk: Talk, message: MessageId, what: Concern) -> Move {
        let mut act = self.quiet(Outcome::Refused);
        if !self.record.was_asked(talk.room, message) {
            act.entries.push((self.update.bot, Notice::ChangeHeldBack { what }.about(message)));
        }
        act
    }

    /// "Send this anyway": once, while its room lasts, and only what was asked about. What the message says now counts, not
    /// what it said when its writer was asked.
    pub(crate) fn send_anyway(&self, room: RoomId, message: MessageId, about: Option<&About>) -> Plan {
        let talk = self.talk().filter(|talk| talk.room == room && talk.bot == self.update.bot);
        let about = about.filter(|about| about.message == message && self.record.was_asked(room, message));
        let (Some(talk), Some(about)) = (talk, about) else {
            return Plan::just(self.over());
        };
        let asked = Some(Asked::without(self.record.asked.as_ref(), room, message));
        let stays = |why: Notice| Plan::just(Move { asked: asked.clone(), ..self.redraws(why) });
        if self.rooms_rest() {
            return stays(Notice::Maintenance);
        }
        if let Some(until) = self.record.profile.muted(self.now) {
            return stays(Notice::Muted { until });
        }
        if let Verdict::Hold(what) = self.verdict(about.reveals) {
            return stays(self.held_back(what));
        }
        let Some(content) = self.content(message, about.kind, None) else {
            return stays(Self::stays_here(about.kind));
        };
        let then = Move { asked, outcome: Outcome::Relayed, ..self.redraws(Notice::SentAnyway) };
        let (then, loses) = (Some(Box::new(then)), self.loses(about.kind));
        Plan::Relay(Relaying { then, loses, ..Self::relaying(talk, content, None) })
    }
}
