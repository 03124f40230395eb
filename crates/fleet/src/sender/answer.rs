//! What an answer of Telegram means for the entry that was sent.

use std::time::Duration;

use hamdam_domain::id::RoomId;
use hamdam_domain::outbox::{Content, EntryId};
use hamdam_domain::parcel::Carry;
use hamdam_telegram::{CallError, Executed};

use super::chat::{Chat, Head, Held, Job};
use super::core::ShardSender;
use super::limits::Limits;
use super::permits::Permits;
use super::work::{FileAt, Outcome, Work};
use crate::bots;

impl ShardSender {
    /// The claim under which this entry's call is under way.
    pub(super) fn called_head(&self, chat: Chat, entry: EntryId) -> Option<Held> {
        let queue = self.chats.get(&chat)?;
        match queue.head {
            Head::Called(held) if queue.jobs.front()?.id == entry => Some(held),
            _ => None,
        }
    }

    pub(super) fn answered(
        &mut self,
        chat: Chat,
        held: Held,
        method: &'static str,
        outcome: Outcome,
        now: Duration,
        permits: &mut Permits,
    ) {
        let (written, answer) = match outcome {
            Outcome::Answered { written, answer } => (written, answer),
            Outcome::Late => return self.reopen(chat, now),
            Outcome::Nothing => return self.finish(chat, now),
            Outcome::NotFetched(error) => return self.not_fetched(chat, &error, now),
        };
        if written >= self.deadline {
            self.metrics.zombie_sends.inc();
        }
        let outcome = answer.as_ref().map_or_else(CallError::label, |_| "sent");
        self.metrics.sends.with_label_values(&[chat.bot.to_string().as_str(), method, outcome]).inc();
        match answer {
            Ok(sent) => self.delivered(chat, &sent, now),
            Err(CallError::Retry { executed, reason, .. }) => {
                tracing::debug!(bot = %chat.bot, method, reason, "a call is tried again");
                let queue = self.chats.get_mut(&chat).expect("its call was under way");
                queue.attempts += 1;
                queue.uncertain |= executed == Executed::Perhaps;
                queue.not_before = now + Limits::backoff(queue.attempts);
                self.reopen(chat, now);
            }
            Err(CallError::Pause { seconds, .. }) => {
                let wait = Duration::from_secs(u64::from(seconds));
                let queue = self.chats.get_mut(&chat).expect("its call was under way");
                queue.not_before = now + wait;
                self.reopen(chat, now);
                if let Some(wait) = permits.limited(chat.bot, chat.user, wait, now) {
                    tracing::warn!(bot = %chat.bot, seconds, "several chats met a 429: the token is paused");
                    self.pending.push_back(Work::Pause { bot: chat.bot, wait });
                }
            }
            Err(CallError::Revoked { .. }) => {
                permits.revoked(chat.bot, now);
                let queue = self.chats.get_mut(&chat).expect("its call was under way");
                queue.not_before = now + Limits::RETRY_REVOKED;
                self.reopen(chat, now);
            }
            Err(CallError::Unreachable { .. }) => self.unreachable(chat, held, now),
            Err(CallError::Stranger { left, .. }) => self.stranger(chat, held, left, now),
            Err(CallError::Explain { .. } | CallError::Bug { code: 400, .. })
                if self.remembered_wrongly(chat) =>
            {
                self.reopen(chat, now);
            }
            Err(CallError::Explain { reason, .. }) => self.explain(chat, reason, now),
            Err(CallError::Gone { .. }) => self.finish(chat, now),
            // What Telegram has against a message that is said again concerns this message.
            Err(CallError::Bug { code: 400, description, .. }) if self.carries(chat) => {
                tracing::warn!(bot = %chat.bot, method, description, "a message cannot be said again");
                self.explain(chat, description, now);
            }
            Err(error @ CallError::Bug { .. }) => {
                tracing::error!(bot = %chat.bot, method, %error, "an entry cannot be sent and is dropped");
                self.metrics.count_dead_letter(chat.bot);
                self.finish(chat, now);
            }
        }
    }

    /// Whether the head says a message of another bot again.
    fn carries(&self, chat: Chat) -> bool {
        matches!(self.head(chat).entry.content, Content::Carry(_))
    }

    /// A file that was sent by what was remembered of it, and refused: it is brought anew.
    fn remembered_wrongly(&mut self, chat: Chat) -> bool {
        let queue = self.chats.get_mut(&chat).expect("its call was under way");
        let by_memory = matches!(queue.file, Some(FileAt::Known(_)));
        if by_memory {
            queue.file = None;
            queue.distrusts = true;
        }
        by_memory
    }

    fn unreachable(&mut self, chat: Chat, held: Held, now: Duration) {
        let state_now = self.state_now(now);
        let job = self.head(chat);
        match room_of(job) {
            Some((room, partner)) => self.pending.push_back(Work::Unreachable {
                chat,
                entry: job.id,
                room,
                partner,
                claimed: held.at,
                now: state_now,
            }),
            None => self.finish(chat, now),
        }
    }

    /// The chat's bot has no token here. One that was taken out of the fleet reaches nobody any more; another may be about to
    /// be told to this instance, too.
    fn stranger(&mut self, chat: Chat, held: Held, left: bool, now: Duration) {
        if left || !self.waits_for_bot(chat, now) {
            return self.unreachable(chat, held, now);
        }
        let queue = self.chats.get_mut(&chat).expect("its call was under way");
        queue.not_before = now + Limits::RETRY_STRANGER;
        self.reopen(chat, now);
    }

    /// Whether the head may still wait for this instance to be told of a bot.
    pub(super) fn waits_for_bot(&self, chat: Chat, now: Duration) -> bool {
        self.state_now(now).since(self.head(chat).id.queued_at()) < bots::PATIENCE
    }

    pub(super) fn explain(&mut self, chat: Chat, reason: String, now: Duration) {
        let job = self.head(chat);
        match &job.entry.content {
            Content::Copy(copy) | Content::Carry(Carry { copy, .. }) => {
                self.pending.push_back(Work::Explain {
                    chat,
                    entry: job.id,
                    writer: copy.from,
                    message: copy.message,
                    once: format!("copy:{}:{}", copy.bot, copy.update),
                    kind: copy.kind,
                    reason,
                });
            }
            // What cannot be shown to moderators is not: it is gone, or its writer protects it.
            Content::Edit(_)
            | Content::React(_)
            | Content::Retract { .. }
            | Content::Remove { .. }
            | Content::Redraw { .. }
            | Content::Show { .. } => self.finish(chat, now),
            // Nobody wrote it, so nobody is to be told: a text of ours that Telegram does not take.
            Content::Notice(_)
            | Content::Answer { .. }
            | Content::Invoice { .. }
            | Content::MyData
            | Content::AnswerCallback { .. } => {
                tracing::error!(bot = %chat.bot, reason, "a text of the bot's own was refused and is dropped");
                self.metrics.count_dead_letter(chat.bot);
                self.finish(chat, now);
            }
        }
    }
}

/// The room an entry speaks in, and the other user of it if the entry tells.
fn room_of(job: &Job) -> Option<(RoomId, Option<hamdam_domain::id::UserId>)> {
    match &job.entry.content {
        Content::Copy(copy) | Content::Carry(Carry { copy, .. }) => {
            job.entry.room.map(|room| (room, Some(copy.from)))
        }
        Content::Edit(edit) => job.entry.room.map(|room| (room, Some(edit.from))),
        Content::React(react) => job.entry.room.map(|room| (room, Some(react.from))),
        Content::Retract { from, .. } => job.entry.room.map(|room| (room, Some(*from))),
        Content::Notice(notice) => notice.opens().map(|room| (room, None)),
        Content::Redraw { .. }
        | Content::Answer { .. }
        | Content::Remove { .. }
        | Content::Show { .. }
        | Content::MyData
        | Content::Invoice { .. }
        | Content::AnswerCallback { .. } => None,
    }
}
