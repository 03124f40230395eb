//! Begins what is claimed: what a chat's head needs before its call is looked up, and the call is given out.

use std::time::Duration;

use hamdam_domain::id::MessageId;
use hamdam_domain::outbox::{EntryId, Notice};
use hamdam_telegram::CallError;

use super::chat::{Chat, Head, Held, Target};
use super::core::ShardSender;
use super::limits::Limits;
use super::permits::Permits;
use super::work::{CallWork, FetchError, FileAt, Work};

impl ShardSender {
    /// Begins the claimed head of a chat, if it may still begin.
    pub(super) fn start(&mut self, chat: Chat, now: Duration, permits: &mut Permits) -> Option<Work> {
        let queue = self.chats.get_mut(&chat)?;
        let Head::Claimed(held) = queue.head else { return None };
        let brings_file = queue.jobs.front().is_some_and(|job| job.entry.content.brings_file());
        let limits = &self.limits;
        let start_limit = if brings_file { limits.transfer_start_limit() } else { limits.start_limit };
        let start_before = self.deadline.min(held.sent + start_limit);
        if now >= start_before || permits.is_paused(chat.bot, now) {
            self.reopen(chat, now);
            return None;
        }
        if queue.head_is_outdated() {
            self.finish(chat, now);
            return None;
        }
        let gathers = queue.gathers_until(self.state_time).is_some_and(|until| until > now);
        // It may have grown since it was claimed: more messages need more of the chat's pace.
        if gathers || queue.going() > 1 && queue.free_at(self.limits.chat_rate, now) > now {
            permits.give_back(chat.bot, 1, now);
            self.reopen(chat, now);
            return None;
        }
        let job = queue.jobs.front().expect("a claimed head is there").clone();
        if let Some(why) = job.hindrance(self.state_now(now)) {
            return self.give_up(chat, held, why, now);
        }
        let queue = self.chats.get_mut(&chat)?;
        let going = queue.going();
        let target = match *queue.target.get_or_insert_with(|| job.target(going)) {
            Target::Unknown { room, known } => {
                queue.head = Head::Sought(held);
                self.seeking += 1;
                return Some(Work::Lookup { chat, entry: job.id, room, known });
            }
            Target::Known(target) => target,
        };
        let file = queue.file.clone();
        if file.is_none() && job.medium().is_some() {
            let trusts = !queue.distrusts;
            queue.head = Head::Sought(held);
            self.seeking += 1;
            return Some(Work::Fetch { job, trusts });
        }
        queue.head = Head::Called(held);
        queue.called = going;
        let messages = u32::try_from(going).unwrap_or(u32::MAX);
        if job.is_paced() {
            queue.pace.take(messages, self.limits.chat_rate, now);
            permits.charge(chat.bot, messages - 1, now);
        }
        if queue.uncertain {
            self.metrics.duplicate_sends.inc_by(u64::from(messages));
        }
        if queue.ready_at.is_some_and(|ready_at| ready_at < self.passed_at) {
            self.metrics.broadcast_overtakes.inc();
        }
        let along = queue.jobs.iter().take(going).skip(1).cloned().collect();
        Some(Work::Call(CallWork { job, along, target, file, start_before }))
    }

    /// A claimed head is not sent; its writer is told why.
    fn give_up(&mut self, chat: Chat, held: Held, why: &'static str, now: Duration) -> Option<Work> {
        self.chats.get_mut(&chat)?.head = Head::Called(held);
        self.explain(chat, why.to_owned(), now);
        // Of an edit there is nothing to tell.
        self.pending.pop_front()
    }

    /// The head's file was looked up.
    pub(super) fn found(
        &mut self,
        chat: Chat,
        entry: EntryId,
        file: Result<FileAt, FetchError>,
        now: Duration,
    ) {
        let Some(queue) = self.chats.get_mut(&chat) else { return };
        let Head::Sought(held) = queue.head else { return };
        if queue.jobs.front().is_none_or(|job| job.id != entry) {
            return;
        }
        match file {
            Ok(file) => {
                let action = if matches!(file, FileAt::There(_)) { queue.shows() } else { None };
                queue.file = Some(file);
                queue.head = Head::Claimed(held);
                self.startable.push_back(chat);
                self.pending.extend(action.map(|action| Work::Show { chat, action }));
            }
            Err(FetchError::State(_)) => {
                queue.not_before = now + Limits::RETRY_STATE;
                self.reopen(chat, now);
            }
            Err(FetchError::Call(error)) => {
                queue.head = Head::Called(held);
                self.not_fetched(chat, &error, now);
            }
        }
    }

    /// The head's file could not be fetched. That is tried a few times; then, or if it can never be, its writer is told.
    pub(super) fn not_fetched(&mut self, chat: Chat, error: &CallError, now: Duration) {
        tracing::debug!(bot = %chat.bot, %error, "a file could not be fetched");
        let wait = match error {
            CallError::Pause { seconds, .. } => Some(Duration::from_secs(u64::from(*seconds))),
            CallError::Stranger { left: false, .. } if self.waits_for_bot(chat, now) => {
                Some(Limits::RETRY_STRANGER)
            }
            _ => None,
        };
        let queue = self.chats.get_mut(&chat).expect("its file was asked for");
        queue.file = None;
        if let Some(wait) = wait {
            queue.not_before = now + wait;
            return self.reopen(chat, now);
        }
        queue.unfetched += 1;
        match error {
            CallError::Retry { .. } if queue.unfetched < Limits::FETCHES => {
                queue.not_before = now + Limits::backoff(queue.unfetched);
                self.reopen(chat, now);
            }
            CallError::Explain { reason, .. } if reason.contains(Notice::TOO_LARGE) => {
                self.explain(chat, Notice::TOO_LARGE.to_owned(), now);
            }
            _ => self.explain(chat, Notice::NOT_FETCHED.to_owned(), now),
        }
    }

    /// A head's target was looked up; `None` if the state did not answer.
    #[expect(clippy::option_option, reason = "not answered, and answered that it is unknown")]
    pub(super) fn sought(
        &mut self,
        chat: Chat,
        entry: EntryId,
        found: Option<Option<MessageId>>,
        now: Duration,
    ) {
        let Some(queue) = self.chats.get_mut(&chat) else { return };
        let Head::Sought(held) = queue.head else { return };
        if queue.jobs.front().is_none_or(|job| job.id != entry) {
            return;
        }
        if let Some(known) = found {
            queue.target = Some(Target::Known(known));
            queue.head = Head::Claimed(held);
            self.startable.push_back(chat);
        } else {
            queue.not_before = now + Limits::RETRY_STATE;
            self.reopen(chat, now);
        }
    }
}
