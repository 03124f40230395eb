//! Taking one message back, by `/delete` in reply to it.

use hamdam_domain::id::MessageId;
use hamdam_domain::outbox::{Content, Entry, Notice};

use crate::decide::Scene;
use crate::plan::{Move, Outcome, Plan};
use crate::understand::Replied;

impl Scene<'_> {
    /// What one wrote goes in both chats while the room lasts, the partner's first: a copy that is still to be made needs its
    /// original. What the partner wrote is theirs, and goes in one's own chat alone.
    pub(crate) fn delete(&self, of: Option<Replied>, command: MessageId) -> Plan {
        match (of, self.talk().filter(|talk| talk.bot == self.update.bot)) {
            (None, _) => {
                let mut act = self.quiet(Outcome::Answered);
                act.entries.push((self.update.bot, Notice::DeleteWhich.about(command)));
                Plan::just(act)
            }
            (Some(Replied::Mine(message)), Some(talk)) => {
                let content = Content::Retract { from: self.said.user, bot: talk.bot, message, command };
                Plan::Relay(Self::relaying(talk, content, None))
            }
            (Some(Replied::Mine(message)), None) => {
                Plan::just(self.also_says(self.removes(message, command), Notice::DeletedHere))
            }
            (Some(Replied::Theirs(message)), _) => Plan::just(self.removes(message, command)),
        }
    }

    /// A message of one's own chat goes, and the command that said so.
    fn removes(&self, message: MessageId, command: MessageId) -> Move {
        let mut act = self.quiet(Outcome::Answered);
        let content = Content::Remove { messages: vec![message, command] };
        act.entries.push((self.update.bot, Entry { room: None, content }));
        act
    }
}
