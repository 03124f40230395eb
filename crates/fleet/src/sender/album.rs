//! Albums: entries that lie behind one another in a chat's queue and go out by one call.
//!
//! The claim names the first of them and covers all: they are acknowledged together, the first one last, so wherever a
//! crash cuts, what is not acknowledged is known to be uncertain.

use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::MessageId;
use hamdam_domain::outbox::{Content, Copy, EntryId, Notice};
use hamdam_telegram::Sent;

use super::ack::ack_of;
use super::chat::{Chat, ChatQueue, Job};
use super::core::ShardSender;
use super::limits::Limits;
use super::work::Work;

/// Until when an album waits for more of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gathering {
    /// The newest entry of it.
    newest: EntryId,
    /// Monotonic.
    until: Duration,
}

impl ChatQueue {
    /// Entries of the album that the head begins, as far as they are here; 1 for what is none.
    fn album(&self) -> usize {
        let pairs = self.jobs.iter().zip(self.jobs.iter().skip(1)).take(Limits::ALBUM - 1);
        1 + pairs.take_while(|(one, next)| one.entry.goes_with(&next.entry)).count()
    }

    /// Entries that the next call of the head sends. A repetition sends what was sent before.
    pub(super) fn going(&self) -> usize {
        if self.uncertain && self.called > 0 { self.called } else { self.album() }
    }

    /// The newest entry of an album that may still grow: it has room, and nothing stands behind it.
    fn growing(&self) -> Option<EntryId> {
        let of_album =
            |job: &Arc<Job>| matches!(&job.entry.content, Content::Copy(copy) if copy.album.is_some());
        let open =
            self.jobs.front().is_some_and(of_album) && !self.uncertain && self.jobs.len() < Limits::ALBUM;
        let newest = self.jobs.back().filter(|_| open && self.album() == self.jobs.len())?;
        Some(newest.id)
    }

    /// Until when the head waits for more of its album; `None` if it does not. What the state's clock shows now is read once
    /// for each newest entry, so that the answer stays the same.
    pub(super) fn gathers_until(&mut self, (state_now, then): (Millis, Duration)) -> Option<Duration> {
        let newest = self.growing()?;
        let known = self.gathering.filter(|gathering| gathering.newest == newest);
        let gathering = known.unwrap_or_else(|| {
            let at = newest.queued_at();
            // The clock was last read before or after the entry was made.
            let until = (then + at.since(state_now) + Limits::GATHER).saturating_sub(state_now.since(at));
            Gathering { newest, until }
        });
        self.gathering = Some(gathering);
        Some(gathering.until)
    }

    /// Whether it waited for more of an album, and nothing more can come.
    pub(super) fn is_gathered(&self) -> bool {
        self.gathers && self.growing().is_none()
    }
}

impl ShardSender {
    /// The head was sent, with what went out along with it.
    pub(super) fn delivered(&mut self, chat: Chat, sent: &Sent, now: Duration) {
        if self.withdraws(chat) {
            return;
        }
        let jobs = self.pop_called(chat);
        let ids: Vec<i64> = sent.message_id.into_iter().chain(sent.others.iter().copied()).collect();
        // Telegram skips what it cannot copy, and does not say what: then nobody knows which id is whose.
        let known = ids.len() == jobs.len();
        if !known && !ids.is_empty() {
            self.tell_in_part(&jobs[0]);
        }
        for (place, job) in jobs.iter().enumerate().rev() {
            let id = ids.get(place).filter(|_| known).copied().map(MessageId);
            let ack = self.ack_of_sent(job, id, now);
            self.acknowledge(ack, now);
        }
        self.go_on(chat, now);
    }

    /// The head of a chat is over, with what went out along with it. A retraction goes on in its writer's chat.
    pub(super) fn finish(&mut self, chat: Chat, now: Duration) {
        if !self.withdraws(chat) {
            self.over(chat, now);
        }
    }

    /// The head of a chat is over, with nothing more to say.
    pub(super) fn over(&mut self, chat: Chat, now: Duration) {
        for job in self.pop_called(chat).iter().rev() {
            self.acknowledge(ack_of(job), now);
        }
        self.go_on(chat, now);
    }

    /// Takes the head of a chat off, with all that its last call was to send.
    fn pop_called(&mut self, chat: Chat) -> Vec<Arc<Job>> {
        let called = self.chats.get(&chat).map_or(1, |queue| queue.called.max(1));
        (0..called).map(|_| self.pop(chat)).collect()
    }

    /// Telegram copied less of an album than was asked: its writer is to know.
    fn tell_in_part(&mut self, first: &Job) {
        let Content::Copy(Copy { from, bot, update, message, .. }) = &first.entry.content else { return };
        let (writer, once) = (*from, format!("copy:{bot}:{update}"));
        self.pending.push_back(Work::Tell { writer, entry: Notice::AlbumInPart.about(*message), once });
    }
}
