//! Messages that their writer takes back. What did not go out yet never does; what did is deleted, and in either case the
//! original goes behind it, from its writer's chat: a copy that is still to be made needs it.

use std::time::Duration;

use hamdam_domain::id::{BotId, MessageId, RoomId, UserId};
use hamdam_domain::outbox::{Content, Entry};

use super::ack::{ack_of, message_fact};
use super::chat::{Chat, Head, Job};
use super::core::ShardSender;
use super::work::Work;

/// What goes from the chat of who took a message back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Who.
    pub writer: UserId,
    /// Their bot.
    pub bot: BotId,
    /// The message, and the command that took it back.
    pub entry: Entry,
    /// Names it once for all.
    pub once: String,
}

/// What follows in the writer's chat, if it is a retraction.
pub(super) fn withdrawal(job: &Job) -> Option<Withdrawal> {
    let Content::Retract { from, bot, message, command } = job.entry.content else { return None };
    let content = Content::Remove { messages: vec![message, command] };
    let once = format!("retract:{bot}:{command}");
    Some(Withdrawal { writer: from, bot, entry: Entry { room: None, content }, once })
}

impl ShardSender {
    /// Whether the head is a retraction that is done here and goes on in its writer's chat.
    pub(super) fn withdraws(&mut self, chat: Chat) -> bool {
        let Some(queue) = self.chats.get_mut(&chat) else { return false };
        let Some(withdrawal) = queue.jobs.front().and_then(|job| withdrawal(job)) else { return false };
        debug_assert!(matches!(queue.head, Head::Called(_)), "it was claimed and called");
        self.pending.push_back(Work::Withdraw { chat: Some(chat), withdrawal });
        true
    }

    /// Drops the copy of a message that is taken back behind it, unless it may be on its way: then it is deleted in turn.
    pub(super) fn take_back(&mut self, chat: Chat, room: Option<RoomId>, message: MessageId, now: Duration) {
        let Some(queue) = self.chats.get_mut(&chat) else { return };
        let uncertain = queue.uncertain_jobs();
        let is_it = |entry: &Entry| {
            entry.room == room && entry.content.message().is_some_and(|copy| copy.message == message)
        };
        let over = queue.drop_unbegun(now, |job| is_it(&job.entry));
        self.held -= over.len();
        for (index, job) in over {
            let mut ack = ack_of(&job);
            // Whether it stands there, and as which message, nobody will know.
            ack.facts.extend(message_fact(&job, None).filter(|_| index < uncertain));
            self.acknowledge(ack, now);
        }
    }
}
