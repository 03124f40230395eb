//! Telegram: what it does with the requests under way, and the judgement of whatever goes out.

use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::id::MessageId;
use hamdam_domain::outbox::{Content, Reference};
use hamdam_domain::parcel::Carry;
use hamdam_domain::react::React;
use hamdam_telegram::{CallError, Executed, Sent};

use super::{LIMITS, Stage};
use crate::sender::{Done, FileAt, Job, Outcome};

/// A request under way to Telegram.
#[derive(Debug)]
pub(in super::super) struct Flying {
    /// Who waits for the answer; nobody after a crash.
    pub owner: Option<usize>,
    pub job: Arc<Job>,
    /// The rest of an album.
    pub along: Vec<Arc<Job>>,
    /// What it says of its file.
    pub file: Option<FileAt>,
    pub written: Duration,
    pub answer: Option<Result<Sent, CallError>>,
}

/// How Telegram treats a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Treat {
    /// Does it.
    Do,
    /// Does it, save the last message of an album.
    Skip,
    /// Does it, and the connection breaks.
    DoAndBreak,
    /// Breaks without doing it.
    Break,
    /// 500, not done.
    Fail,
    /// Cannot be reached at all.
    Refuse,
    /// 429.
    Limit(u32),
    /// The message is gone.
    Gone,
    /// Our mistake.
    Bug,
    /// 401.
    Revoked,
    /// 403.
    Blocked,
    /// Not copyable.
    Explain,
    /// There is no token: there was one, or there may be one soon.
    Stranger { left: bool },
}

impl Stage {
    /// A reply to one's own message lands on one of its copies, if the chat ever saw one and the answer was heard.
    pub(super) fn judge_target(&self, job: &Job, target: Option<MessageId>) {
        let own = match &job.entry.content {
            Content::Copy(copy) | Content::Carry(Carry { copy, .. }) => match copy.reply {
                Some(Reference::Own(own)) => own,
                _ => return,
            },
            Content::Edit(edit) => edit.message,
            Content::React(React { message: Reference::Own(own), .. })
            | Content::Retract { message: own, .. } => *own,
            _ => return,
        };
        let known = self.copies.get(&(job.chat, own)).map_or(&[][..], Vec::as_slice);
        assert!(target.is_none_or(|id| known.contains(&id)), "{target:?} is no copy of {own:?}");
        let kept = self.state.inspect(|world| {
            let user = &world.users[&job.chat.user];
            job.entry
                .room
                .and_then(|room| user.ids.get(&room))
                .is_some_and(|ids| ids.pairs.iter().any(|(_, there)| *there == own))
        });
        assert_eq!(
            target.is_some(),
            kept,
            "every earlier entry is acknowledged when the target is looked up"
        );
    }

    /// Telegram treats a request that is under way.
    pub(in super::super) fn treat(&mut self, flying: usize, treat: Treat) {
        let call = &self.flying[flying];
        if call.answer.is_some() {
            return;
        }
        let method = "call";
        let retry = |executed| CallError::Retry { method, executed, reason: String::new(), source: None };
        let (done, answer) = match treat {
            Treat::Do | Treat::Skip => (true, None),
            Treat::DoAndBreak => (true, Some(retry(Executed::Perhaps))),
            Treat::Break | Treat::Fail => (false, Some(retry(Executed::Perhaps))),
            Treat::Refuse => (false, Some(retry(Executed::No))),
            Treat::Limit(seconds) => (false, Some(CallError::Pause { method, seconds })),
            Treat::Gone => (false, Some(CallError::Gone { method, reason: String::new() })),
            Treat::Bug => (false, Some(CallError::Bug { method, code: 400, description: String::new() })),
            Treat::Revoked => (false, Some(CallError::Revoked { method })),
            Treat::Blocked => (false, Some(CallError::Unreachable { method, reason: String::new() })),
            Treat::Explain => (false, Some(CallError::Explain { method, reason: String::new() })),
            Treat::Stranger { left } => (false, Some(CallError::Stranger { method, left })),
        };
        let mut jobs: Vec<_> = std::iter::once(&call.job).chain(&call.along).cloned().collect();
        let skipped = if treat == Treat::Skip && jobs.len() > 1 { jobs.pop() } else { None };
        if call.owner.is_some() {
            self.given_up.extend(skipped.map(|job| job.id));
        }
        if matches!(treat, Treat::Gone | Treat::Bug | Treat::Blocked | Treat::Explain) && call.owner.is_some()
        {
            self.given_up.extend(jobs.iter().map(|job| job.id));
        }
        let mut sent = Sent::default();
        if done {
            let mut ids = jobs.iter().map(|job| self.execute(job));
            sent = Sent { message_id: ids.next(), others: ids.collect() };
        }
        self.flying[flying].answer = Some(answer.map_or(Ok(sent), Err));
    }

    fn execute(&mut self, job: &Job) -> i64 {
        let (chat, id, entry) = (job.chat, job.id, &job.entry);
        if let Some(room) = entry.room {
            assert!(!self.ended.contains(&(chat, room)), "{id:?} of {room} after its end in {chat:?}");
        }
        if self.executed.insert(id) {
            let last = self.last.insert(chat, id);
            assert!(last.is_none_or(|last| last < id), "{id:?} after {last:?} in {chat:?}");
        } else {
            self.duplicates += 1;
        }
        if let Some(room) = entry.ends() {
            self.ended.insert((chat, room));
        }
        self.next_id += 1;
        if let Some(copy) = entry.content.message() {
            self.copies.entry((chat, copy.message)).or_default().push(MessageId(self.next_id));
        }
        self.log.push((chat, id, entry.clone()));
        self.next_id
    }

    /// The answer to a request arrives, if anybody still waits for it.
    pub(in super::super) fn answer(&mut self, flying: usize) {
        if self.flying[flying].answer.is_none() {
            return;
        }
        let Flying { owner, job, written, answer, .. } = self.flying.remove(flying);
        let now = self.now();
        let Some(instance) = owner.and_then(|index| self.instances[index].as_mut()) else { return };
        let answer = answer.expect("looked at above");
        let outcome = Outcome::Answered { written, answer };
        let done = Done::Called { chat: job.chat, entry: job.id, method: "call", outcome };
        instance.core.done(done, now, &mut instance.permits);
        instance.core.assert_sound();
    }

    /// Everything a living instance has under way is done and answered.
    pub(in super::super) fn deliver(&mut self) {
        while let Some(call) = self.flying.iter().position(|call| call.owner.is_some()) {
            self.treat(call, Treat::Do);
            self.answer(call);
        }
    }
}

/// How long a request can live.
pub(super) fn longest(call: &Flying) -> Duration {
    if call.file.is_some() { LIMITS.longest_transfer } else { LIMITS.longest_call }
}
