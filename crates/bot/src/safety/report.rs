//! Reports: a command or a button asks why, a second button says it, and the report goes to the moderators.

use hamdam_domain::fact::Fact;
use hamdam_domain::id::{MessageId, RoomId};
use hamdam_domain::outbox::Notice;
use hamdam_domain::safety::{Reason, Report};

use crate::decide::Scene;
use crate::plan::{First, Outcome, Plan};

impl Scene<'_> {
    /// `/report`, perhaps in reply to a message: about the room, or about the one that ended within the hour.
    pub(crate) fn report(&self, about: Option<MessageId>) -> Plan {
        let room = self.talk().map(|talk| talk.room).or(self.record.last_room.map(|last| last.room));
        let Some(room) = room else { return Plan::just(self.says(Notice::NobodyToReport)) };
        let asks = Notice::ReportWhy { room, message: about };
        let entry = match about {
            // As a reply, so that it is seen which message is meant.
            Some(message) => asks.about(message),
            None => asks.entry(),
        };
        let mut act = self.quiet(Outcome::Answered);
        act.entries.push((self.update.bot, entry));
        Plan::just(act)
    }

    /// The button under the end of a room. A message of its own, because that notice has to stay.
    pub(crate) fn report_of(&self, room: RoomId) -> Plan {
        match self.met_in(room) {
            Some(_) => Plan::just(self.says(Notice::ReportWhy { room, message: None })),
            None => Plan::just(self.over()),
        }
    }

    /// The reason was chosen: the moderators hear of it first, and then it is done.
    pub(crate) fn reports(&self, room: RoomId, message: Option<MessageId>, reason: Reason) -> Plan {
        let Some(reported) = self.met_in(room) else { return Plan::just(self.over()) };
        let report = Report {
            room,
            bot: self.update.bot,
            update: self.update.id,
            reporter: self.said.user,
            reported,
            reason,
            message,
            at: self.now,
        };
        let mut act = self.redraws(Notice::Reported { room });
        act.facts.push(Fact::Report { report: report.clone(), evidence: self.evidence() });
        Plan::Act { first: Some(First::Report(report)), act, then: None }
    }

    /// What the message said, where the operator keeps evidence.
    fn evidence(&self) -> Option<String> {
        let quoted = self.said.quoted.as_ref().filter(|_| self.settings.keep_evidence)?;
        quoted.text.clone().or_else(|| quoted.caption.clone())
    }
}
