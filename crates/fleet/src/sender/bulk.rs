//! Sends a shard's broadcasts, below its conversations: under the same lease, by claims of its own, and only while nothing
//! of a conversation waits that could go out. It stands beside the conversations' sender because parts of a broadcast know
//! neither order nor rooms: each is a call of its own.
//!
//! It keeps to the contract of [`ShardSender`](super::ShardSender): a call is made only for a part that was claimed, within
//! `start_limit` of its claim and before the lease's deadline; a part that an earlier holder claimed is left alone for as
//! long as that call may live; a call whose earlier outcome was never learned is counted before it is made.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::broadcast::{Delivery, Plan};
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, Shard};
use hamdam_domain::outbox::{Entry, EntryId};
use hamdam_state::step::Holder;
use hamdam_state::step::broadcast::{Part, PartAck};
use hamdam_telegram::{CallError, Executed, Sent};

use super::bulk_turn::Flight;
use super::chat::{Chat, Head, Held, Job};
use super::core::{Standing, Taken};
use super::limits::Limits;
use super::permits::Permits;
use super::work::{CallWork, Done, FetchError, FileAt, Outcome, Work};
use crate::bots;
use crate::metrics::Metrics;
use crate::posted::{Airing, Seen};

/// Sends broadcasts for one shard, under one lease.
#[derive(Debug)]
pub struct BulkSender {
    pub(super) shard: Shard,
    pub(super) holder: Holder,
    pub(super) limits: Limits,
    metrics: Arc<Metrics>,

    pub(super) items: BTreeMap<EntryId, Item>,
    /// Parts that may be claimed, per bot, oldest first. Every open part stands here or in `timers`, once.
    pub(super) lines: BTreeMap<BotId, VecDeque<EntryId>>,
    /// Parts that wait for a time.
    pub(super) timers: BinaryHeap<Reverse<(Duration, EntryId)>>,
    /// Parts that are claimed and may begin. One that cannot begin any more is skipped.
    startable: VecDeque<EntryId>,
    /// Work to be given out, beside calls.
    pending: VecDeque<Work>,
    /// Work the state did not answer, and when to do it again.
    later: Vec<(Duration, Work)>,
    /// Work given out and not yet done.
    under_way: usize,

    pub(super) cursor: EntryId,
    pub(super) acks: Vec<PartAck>,
    pub(super) acks_due: Option<Duration>,
    pub(super) flight: Option<Flight>,
    /// Until when the lease is ours without doubt.
    pub(super) deadline: Duration,
    /// The state's time, and when it was that.
    pub(super) state_time: (Millis, Duration),
    pub(super) last_turn: Option<Duration>,
    /// After a turn that was not answered.
    pub(super) turn_not_before: Duration,
    /// When the queue is to be read on.
    pub(super) read_at: Duration,
    pub(super) standing: Standing,
}

/// A part in memory.
#[derive(Debug)]
pub(super) struct Item {
    pub part: Part,
    pub head: Head,
    /// What is sent, once that is known.
    job: Option<Arc<Job>>,
    /// Where its file is, if it has one that crosses from another bot.
    file: Option<FileAt>,
    /// What was remembered of the file was wrong.
    distrusts: bool,
    /// How often the file could not be fetched.
    unfetched: u32,
    /// Calls that met a server error.
    attempts: u32,
    /// An earlier call may have been carried out.
    uncertain: bool,
}

impl BulkSender {
    /// A sender for a lease that was just taken.
    pub fn new(taken: &Taken, limits: Limits, metrics: Arc<Metrics>) -> Self {
        Self {
            shard: taken.shard,
            holder: taken.holder.clone(),
            deadline: taken.sent + limits.lease,
            limits,
            metrics,
            items: BTreeMap::new(),
            lines: BTreeMap::new(),
            timers: BinaryHeap::new(),
            startable: VecDeque::new(),
            pending: VecDeque::new(),
            later: Vec::new(),
            under_way: 0,
            cursor: EntryId::default(),
            acks: Vec::new(),
            acks_due: None,
            flight: None,
            state_time: (taken.inheritance.now, taken.answered),
            last_turn: None,
            turn_not_before: Duration::ZERO,
            read_at: Duration::ZERO,
            standing: Standing::Holding,
        }
    }

    /// Hands over: nothing new is read or claimed; what is claimed is carried out and acknowledged.
    pub fn retire(&mut self) {
        if self.standing == Standing::Holding {
            self.standing = Standing::Retired;
        }
    }

    /// The lease is somebody else's. Calls that are under way are still waited for.
    pub fn lose(&mut self) {
        self.standing = Standing::Lost;
    }

    /// Whether the lease is known to be somebody else's.
    pub fn is_lost(&self) -> bool {
        self.standing == Standing::Lost
    }

    /// Whether nothing is left to do: retired or lost, and every call is over.
    pub fn is_finished(&self) -> bool {
        let over = match self.standing {
            Standing::Holding => false,
            Standing::Retired => {
                let begun = self.startable.len() + self.pending.len() + self.later.len();
                begun == 0 && self.acks.is_empty()
            }
            Standing::Lost => true,
        };
        over && self.under_way == 0 && self.flight.is_none()
    }

    /// Whether somebody here waits for a permit of `bot`.
    pub fn waits_for_permit(&self, bot: BotId) -> bool {
        self.lines.get(&bot).is_some_and(|line| !line.is_empty())
    }

    /// The next thing to be awaited. `quiet`: nothing of a conversation waits that could go out; without it no call begins,
    /// unless the shard is being handed over.
    pub fn next_work(
        &mut self,
        now: Duration,
        airing: &Airing,
        quiet: bool,
        permits: &mut Permits,
    ) -> Option<Work> {
        if self.is_lost() {
            return None;
        }
        let may_begin = quiet || self.standing == Standing::Retired;
        let work = self.pending.pop_front().or_else(|| self.due_again(now)).or_else(|| {
            while may_begin && let Some(id) = self.startable.pop_front() {
                if let Some(work) = self.start(id, now, airing, permits) {
                    return Some(work);
                }
            }
            None
        })?;
        self.under_way += 1;
        Some(work)
    }

    fn due_again(&mut self, now: Duration) -> Option<Work> {
        let due = self.later.iter().position(|(at, _)| *at <= now)?;
        Some(self.later.swap_remove(due).1)
    }

    /// When something is to be done again without anything having happened; see also the turns.
    pub(super) fn later_at(&self) -> Option<Duration> {
        self.later.iter().map(|(at, _)| *at).min()
    }

    /// Tells what came of a piece of work.
    pub fn done(&mut self, done: Done, now: Duration, permits: &mut Permits) {
        self.under_way -= 1;
        match done {
            Done::Found { entry, file, .. } => self.found(entry, file, now),
            Done::Called { entry, method, outcome, .. } => {
                self.called(entry, method, outcome, now, permits);
            }
            Done::Followed { work: Work::Mark { entry, .. }, result: Ok(()) } => {
                self.finish(entry, Delivery::Unreachable, now);
            }
            Done::Followed { work, result } => {
                if let Err(error) = result {
                    tracing::debug!(shard = self.shard.0, %error, "what follows from a call is tried again");
                    self.later.push((now + Limits::RETRY_STATE, work));
                }
            }
            // Parts refer to no message of the chat.
            Done::Sought { .. } | Done::Aside => {}
        }
    }

    /// Begins a claimed part, if it may still begin.
    fn start(&mut self, id: EntryId, now: Duration, airing: &Airing, permits: &mut Permits) -> Option<Work> {
        let item = self.items.get(&id)?;
        let Head::Claimed(held) = item.head else { return None };
        let plan = match airing.of(item.part.broadcast) {
            Seen::Runs(plan) => plan,
            Seen::Waits => {
                self.reopen(id, now, now);
                return None;
            }
            Seen::IsOver => {
                self.finish(id, Delivery::Dropped, now);
                return None;
            }
        };
        let Some(job) = self.job(id, plan) else {
            self.finish(id, Delivery::Failed, now);
            return None;
        };
        let brings_file = job.medium().is_some();
        let limits = &self.limits;
        let start_limit = if brings_file { limits.transfer_start_limit() } else { limits.start_limit };
        let start_before = self.deadline.min(held.sent + start_limit);
        if now >= start_before || permits.is_paused(job.chat.bot, now) {
            self.reopen(id, now, now);
            return None;
        }
        let item = self.items.get_mut(&id)?;
        if brings_file && item.file.is_none() {
            item.head = Head::Sought(held);
            return Some(Work::Fetch { job, trusts: !item.distrusts });
        }
        item.head = Head::Called(held);
        if item.uncertain {
            self.metrics.duplicate_sends.inc();
        }
        Some(Work::Call(CallWork {
            job,
            along: Vec::new(),
            target: None,
            file: item.file.clone(),
            start_before,
        }))
    }

    /// What is sent, made once.
    fn job(&mut self, id: EntryId, plan: &Plan) -> Option<Arc<Job>> {
        let item = self.items.get_mut(&id)?;
        if item.job.is_none() {
            let to = item.part.to;
            let content = plan.message.content(to.language, to.bot)?;
            item.job = Some(Arc::new(Job {
                id,
                chat: Chat { user: to.user, bot: to.bot },
                language: to.language,
                sequence: 0,
                entry: Entry { room: None, content },
            }));
        }
        item.job.clone()
    }

    /// A part's file was looked up.
    fn found(&mut self, id: EntryId, file: Result<FileAt, FetchError>, now: Duration) {
        let Some(item) = self.items.get_mut(&id) else { return };
        let Head::Sought(held) = item.head else { return };
        match file {
            Ok(file) => {
                item.file = Some(file);
                item.head = Head::Claimed(held);
                self.startable.push_back(id);
            }
            Err(FetchError::State(_)) => self.reopen(id, now, now + Limits::RETRY_STATE),
            Err(FetchError::Call(error)) => self.not_fetched(id, &error, now),
        }
    }

    /// A part's file could not be fetched. That is tried a few times.
    fn not_fetched(&mut self, id: EntryId, error: &CallError, now: Duration) {
        let state_now = self.state_now(now);
        let Some(item) = self.items.get_mut(&id) else { return };
        tracing::debug!(bot = %item.part.to.bot, %error, "a file could not be fetched");
        item.file = None;
        let wait = match error {
            CallError::Pause { seconds, .. } => Some(Duration::from_secs(u64::from(*seconds))),
            CallError::Stranger { left: false, .. } if state_now.since(id.queued_at()) < bots::PATIENCE => {
                Some(Limits::RETRY_STRANGER)
            }
            _ => None,
        };
        if let Some(wait) = wait {
            return self.reopen(id, now, now + wait);
        }
        item.unfetched += 1;
        let unfetched = item.unfetched;
        if matches!(error, CallError::Retry { .. }) && unfetched < Limits::FETCHES {
            return self.reopen(id, now, now + Limits::backoff(unfetched));
        }
        self.finish(id, Delivery::Failed, now);
    }

    fn called(
        &mut self,
        id: EntryId,
        method: &'static str,
        outcome: Outcome,
        now: Duration,
        permits: &mut Permits,
    ) {
        let Some(item) = self.items.get(&id) else { return };
        let Head::Called(held) = item.head else { return };
        let (written, answer) = match outcome {
            Outcome::Answered { written, answer } => (written, answer),
            Outcome::Late => return self.reopen(id, now, now),
            Outcome::Nothing => return self.finish(id, Delivery::Failed, now),
            Outcome::NotFetched(error) => return self.not_fetched(id, &error, now),
        };
        if written >= self.deadline {
            self.metrics.zombie_sends.inc();
        }
        let outcome = answer.as_ref().map_or_else(CallError::label, |_| "sent");
        let bot = item.part.to.bot.to_string();
        self.metrics.sends.with_label_values(&[bot.as_str(), method, outcome]).inc();
        self.answered(id, held, answer, now, permits);
    }

    fn answered(
        &mut self,
        id: EntryId,
        held: Held,
        answer: Result<Sent, CallError>,
        now: Duration,
        permits: &mut Permits,
    ) {
        let state_now = self.state_now(now);
        let Some(item) = self.items.get_mut(&id) else { return };
        let (user, bot) = (item.part.to.user, item.part.to.bot);
        match answer {
            Ok(_) => {
                self.metrics.broadcast_seconds.observe(state_now.since(id.queued_at()).as_secs_f64());
                self.finish(id, Delivery::Sent, now);
            }
            Err(CallError::Retry { executed, reason, .. }) => {
                tracing::debug!(%bot, reason, "a call of a broadcast is tried again");
                item.attempts += 1;
                item.uncertain |= executed == Executed::Perhaps;
                let wait = Limits::backoff(item.attempts);
                self.reopen(id, now, now + wait);
            }
            Err(CallError::Pause { seconds, .. }) => {
                let wait = Duration::from_secs(u64::from(seconds));
                self.reopen(id, now, now + wait);
                if let Some(wait) = permits.limited(bot, user, wait, now) {
                    tracing::warn!(%bot, seconds, "several calls of a broadcast met a 429: the token is paused");
                    self.pending.push_back(Work::Pause { bot, wait });
                }
            }
            Err(CallError::Revoked { .. }) => {
                permits.revoked(bot, now);
                self.reopen(id, now, now + Limits::RETRY_REVOKED);
            }
            Err(CallError::Unreachable { .. }) => {
                let chat = Chat { user, bot };
                self.pending.push_back(Work::Mark { chat, entry: id, claimed: held.at, now: state_now });
            }
            // Its bot may be about to be told to this instance, too.
            Err(CallError::Stranger { left: false, .. })
                if state_now.since(id.queued_at()) < bots::PATIENCE =>
            {
                self.reopen(id, now, now + Limits::RETRY_STRANGER);
            }
            // What was remembered of its file was wrong: it is brought anew.
            Err(CallError::Explain { .. } | CallError::Bug { code: 400, .. })
                if matches!(item.file, Some(FileAt::Known(_))) =>
            {
                item.file = None;
                item.distrusts = true;
                self.reopen(id, now, now);
            }
            Err(
                error @ (CallError::Explain { .. }
                | CallError::Gone { .. }
                | CallError::Stranger { .. }
                | CallError::Bug { .. }),
            ) => {
                tracing::debug!(%bot, %error, "a part of a broadcast is not taken");
                self.finish(id, Delivery::Failed, now);
            }
        }
    }

    /// The state's time, as nearly as can be told.
    pub(super) fn state_now(&self, now: Duration) -> Millis {
        let (at, then) = self.state_time;
        at.after(now.saturating_sub(then))
    }

    /// Something became of a part.
    pub(super) fn finish(&mut self, id: EntryId, delivery: Delivery, now: Duration) {
        let Some(item) = self.items.remove(&id) else { return };
        self.metrics.broadcast_parts.with_label_values(&[delivery.word()]).inc();
        let due = now + self.limits.ack_linger;
        self.acks_due = Some(self.acks_due.map_or(due, |sooner| sooner.min(due)));
        self.acks.push(PartAck { id, broadcast: item.part.broadcast, delivery });
    }

    /// A part has to be claimed anew, not before `at`.
    pub(super) fn reopen(&mut self, id: EntryId, now: Duration, at: Duration) {
        let Some(item) = self.items.get_mut(&id) else { return };
        item.head = Head::Open;
        if at > now {
            self.timers.push(Reverse((at, id)));
        } else {
            self.lines.entry(item.part.to.bot).or_default().push_back(id);
        }
    }

    /// A part was claimed.
    pub(super) fn claimed(&mut self, id: EntryId, held: Held) {
        let Some(item) = self.items.get_mut(&id) else { return };
        item.head = Head::Claimed(held);
        self.startable.push_back(id);
    }

    /// Takes in a part that was read.
    pub(super) fn receive(&mut self, part: Part, airing: &Airing, now: Duration) {
        self.cursor = self.cursor.max(part.id);
        if self.items.contains_key(&part.id) {
            return;
        }
        let item = Item {
            part,
            head: Head::Open,
            job: None,
            file: None,
            distrusts: false,
            unfetched: 0,
            attempts: 0,
            uncertain: part.claimed.is_some(),
        };
        self.items.insert(part.id, item);
        let at = part.claimed.map_or(now, |(at, _)| {
            let life = self.limits.claim_life() + self.transfer_life(&part, airing);
            now + life.saturating_sub(self.state_now(now).since(at))
        });
        self.reopen(part.id, now, at);
    }

    /// How much longer the call of a part may live that an earlier holder claimed.
    fn transfer_life(&self, part: &Part, airing: &Airing) -> Duration {
        let brings_file = match airing.of(part.broadcast) {
            Seen::Runs(plan) => {
                let content = plan.message.content(part.to.language, part.to.bot);
                content.is_some_and(|content| content.medium().is_some())
            }
            // It may.
            Seen::Waits | Seen::IsOver => true,
        };
        if brings_file { self.limits.transfer_life() } else { Duration::ZERO }
    }

    /// What is open and belongs to a broadcast that is over is dropped.
    pub(super) fn drop_over(&mut self, airing: &Airing, now: Duration) {
        let over =
            |item: &&Item| item.head == Head::Open && matches!(airing.of(item.part.broadcast), Seen::IsOver);
        let over: Vec<EntryId> = self.items.values().filter(over).map(|item| item.part.id).collect();
        if over.is_empty() {
            return;
        }
        for line in self.lines.values_mut() {
            line.retain(|id| !over.contains(id));
        }
        self.timers.retain(|Reverse((_, id))| !over.contains(id));
        for id in over {
            self.finish(id, Delivery::Dropped, now);
        }
    }
}
