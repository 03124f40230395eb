//! The state of one shard's sender, and the work it gives out. What a claimed entry needs before its call is in `start`,
//! what the call leads to in `answer`, where chats wait in `line`; its turns are in `turn`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, Shard};
use hamdam_domain::outbox::EntryId;
use hamdam_state::step::Holder;
use hamdam_state::step::sending::{Ack, Inheritance};

use super::chat::{Chat, ChatQueue, Job};
use super::limits::Limits;
use super::line::Line;
use super::permits::Permits;
use super::turn::Flight;
use super::work::{Done, Work};
use crate::metrics::Metrics;

/// Sends for one shard, under one lease. See the module's contract.
#[derive(Debug)]
pub struct ShardSender {
    pub(super) shard: Shard,
    pub(super) holder: Holder,
    pub(super) limits: Limits,
    pub(super) metrics: Arc<Metrics>,

    /// Chats with entries, and those whose pace still counts.
    pub(super) chats: HashMap<Chat, ChatQueue>,
    /// Entries in `chats`.
    pub(super) held: usize,
    /// Chats whose head is claimed and may begin. One that cannot begin any more is skipped.
    pub(super) startable: VecDeque<Chat>,
    /// Heads that are being looked up.
    pub(super) seeking: usize,
    /// When a broadcast's call of this shard began last.
    pub(super) passed_at: Duration,
    /// Chats whose head may be claimed, per bot, oldest first.
    pub(super) lines: BTreeMap<BotId, Line>,
    /// Chats that wait for a time. Every chat with an unclaimed head stands in a line or here, exactly once.
    pub(super) timers: BinaryHeap<Reverse<(Duration, Chat)>>,
    /// Empty chats, and when to see whether they can be forgotten.
    pub(super) forget: VecDeque<(Duration, Chat)>,
    /// Work to be given out, beside calls.
    pub(super) pending: VecDeque<Work>,
    /// Work the state did not answer, and when to do it again.
    later: Vec<(Duration, Work)>,
    /// Work given out and not yet done.
    pub(super) under_way: usize,

    /// Claims of an earlier holder on entries not yet read, and when they are too old to matter.
    pub(super) inherited: HashMap<Chat, (EntryId, Duration)>,
    pub(super) cursor: EntryId,
    pub(super) acks: Vec<Ack>,
    /// When they are to go, in company or not.
    pub(super) acks_due: Option<Duration>,
    pub(super) flight: Option<Flight>,

    /// Until when the lease is ours without doubt.
    pub(super) deadline: Duration,
    /// The state's time, and when it was that.
    pub(super) state_time: (Millis, Duration),
    pub(super) last_turn: Option<Duration>,
    /// When permits were taken last.
    pub(super) served_at: Duration,
    /// After a turn that was not answered.
    pub(super) turn_not_before: Duration,
    /// Something may be new: the next turn comes as soon as it may.
    pub(super) look: bool,
    /// Something that somebody waits for may be new, or may be claimed now.
    pub(super) urgent: bool,
    /// Turns in a row that read something, each hard on the one before: above one, the next is not waited for asleep.
    pub(super) streak: u32,

    pub(super) standing: Standing,
}

/// How a sender stands to its lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Working.
    Holding,
    /// Handing over.
    Retired,
    /// The lease is somebody else's.
    Lost,
}

/// A lease that was just taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Of this shard.
    pub shard: Shard,
    /// By whom.
    pub holder: Holder,
    /// When the step that took it was sent (monotonic).
    pub sent: Duration,
    /// What was found.
    pub inheritance: Inheritance,
    /// When that was answered (monotonic).
    pub answered: Duration,
}

impl ShardSender {
    /// A sender for a lease that was just taken.
    pub fn new(taken: Taken, limits: Limits, metrics: Arc<Metrics>) -> Self {
        let Taken { shard, holder, sent, inheritance, answered } = taken;
        let life = limits.claim_life();
        let wait = |at: Millis| answered + life.saturating_sub(inheritance.now.since(at));
        let inherited = inheritance
            .claims
            .iter()
            .map(|claim| (Chat { user: claim.user, bot: claim.bot }, (claim.entry, wait(claim.at))))
            .collect();
        Self {
            shard,
            holder,
            deadline: sent + limits.lease,
            limits,
            metrics,
            chats: HashMap::new(),
            held: 0,
            startable: VecDeque::new(),
            seeking: 0,
            passed_at: Duration::ZERO,
            lines: BTreeMap::new(),
            timers: BinaryHeap::new(),
            forget: VecDeque::new(),
            pending: VecDeque::new(),
            later: Vec::new(),
            under_way: 0,
            inherited,
            cursor: EntryId::default(),
            acks: Vec::new(),
            acks_due: None,
            flight: None,
            state_time: (inheritance.now, answered),
            last_turn: None,
            served_at: Duration::ZERO,
            turn_not_before: Duration::ZERO,
            look: true,
            urgent: false,
            streak: 0,
            standing: Standing::Holding,
        }
    }

    /// The shard.
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// Under which lease.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Hands over: nothing new is read or claimed; what is claimed is carried out and acknowledged.
    pub fn retire(&mut self) {
        if self.standing == Standing::Holding {
            self.standing = Standing::Retired;
        }
    }

    /// Whether the lease is known to be somebody else's. Calls that are under way are still waited for.
    pub fn is_lost(&self) -> bool {
        self.standing == Standing::Lost
    }

    /// Whether nothing is left to do: retired or lost, and every call is over.
    pub fn is_finished(&self) -> bool {
        let over = match self.standing {
            Standing::Holding => false,
            Standing::Retired => self.is_clear(),
            Standing::Lost => true,
        };
        over && self.under_way == 0 && self.flight.is_none()
    }

    /// Entries read and not yet out.
    pub fn backlog(&self) -> usize {
        self.held
    }

    /// When it last took permits.
    pub fn served_at(&self) -> Duration {
        self.served_at
    }

    /// Whether somebody here waits for a permit of `bot`.
    pub fn waits_for_permit(&self, bot: BotId) -> bool {
        self.lines.get(&bot).is_some_and(|line| !line.ready.is_empty())
    }

    /// A broadcast's call of this shard begins.
    pub fn passed(&mut self, now: Duration) {
        self.passed_at = now;
    }

    /// Whether nothing is begun and nothing waits to be acknowledged.
    pub(super) fn is_clear(&self) -> bool {
        self.is_idle() && self.acks.is_empty()
    }

    /// Whether nothing is begun.
    pub(super) fn is_idle(&self) -> bool {
        self.under_way == 0 && self.startable.is_empty() && self.pending.is_empty() && self.later.is_empty()
    }

    /// The next thing to be awaited.
    pub fn next_work(&mut self, now: Duration, permits: &mut Permits) -> Option<Work> {
        if self.is_lost() {
            return None;
        }
        let work = self.pending.pop_front().or_else(|| self.due_again(now)).or_else(|| {
            while let Some(chat) = self.startable.pop_front() {
                if let Some(work) = self.start(chat, now, permits) {
                    return Some(work);
                }
            }
            None
        })?;
        self.under_way += 1;
        Some(work)
    }

    /// Tells what came of a piece of work.
    pub fn done(&mut self, done: Done, now: Duration, permits: &mut Permits) {
        self.under_way -= 1;
        if matches!(done, Done::Sought { .. } | Done::Found { .. }) {
            self.seeking -= 1;
        }
        match done {
            Done::Sought { chat, entry, found } => self.sought(chat, entry, found.ok(), now),
            Done::Found { chat, entry, file } => self.found(chat, entry, file, now),
            Done::Called { chat, entry, method, outcome } => {
                if let Some(held) = self.called_head(chat, entry) {
                    self.answered(chat, held, method, outcome, now, permits);
                }
            }
            Done::Followed { work, result } => match (result, &work) {
                (Ok(()), Work::Unreachable { chat, .. } | Work::Explain { chat, .. }) => {
                    self.finish(*chat, now);
                }
                (Ok(()), Work::Withdraw { chat: Some(chat), .. }) => self.over(*chat, now),
                (Ok(()), _) => {}
                (Err(error), _) => {
                    tracing::debug!(shard = self.shard.0, %error, "what follows from a call is tried again");
                    self.later.push((now + Limits::RETRY_STATE, work));
                }
            },
            Done::Aside => {}
        }
    }

    /// When something is to be done again without anything having happened; see also the turns.
    pub(super) fn later_at(&self) -> Option<Duration> {
        self.later.iter().map(|(at, _)| *at).min()
    }

    fn due_again(&mut self, now: Duration) -> Option<Work> {
        let due = self.later.iter().position(|(at, _)| *at <= now)?;
        Some(self.later.swap_remove(due).1)
    }

    /// The state's time, as nearly as can be told.
    pub(super) fn state_now(&self, now: Duration) -> Millis {
        let (at, then) = self.state_time;
        at.after(now.saturating_sub(then))
    }

    pub(super) fn head(&self, chat: Chat) -> &Arc<Job> {
        self.chats.get(&chat).and_then(|queue| queue.jobs.front()).expect("its call was under way")
    }

    /// Takes the head of a chat off.
    pub(super) fn pop(&mut self, chat: Chat) -> Arc<Job> {
        self.held -= 1;
        self.chats.get_mut(&chat).and_then(ChatQueue::pop).expect("the head of a chat that has one")
    }
}
