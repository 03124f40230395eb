//! The state of one shard's sender, and what its calls lead to. Its turns are in `turn`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, MessageFact};
use hamdam_domain::id::{BotId, MessageId, RoomId, Shard};
use hamdam_domain::outbox::{Content, EntryId, Notice};
use hamdam_domain::parcel::Carry;
use hamdam_state::step::Holder;
use hamdam_state::step::sending::{Ack, IdPair, Inheritance, Keep};
use hamdam_telegram::{CallError, Executed};

use super::chat::{Chat, ChatQueue, Head, Held, Job, Target};
use super::limits::Limits;
use super::permits::Permits;
use super::retract::withdrawal;
use super::turn::Flight;
use super::work::{CallWork, Done, FetchError, FileAt, Outcome, Work};
use crate::bots;
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
    passed_at: Duration,
    /// Chats whose head may be claimed, per bot, oldest first.
    pub(super) lines: BTreeMap<BotId, Line>,
    /// Chats that wait for a time. Every chat with an unclaimed head stands in a line or here, exactly once.
    pub(super) timers: BinaryHeap<Reverse<(Duration, Chat)>>,
    /// Empty chats, and when to see whether they can be forgotten.
    forget: VecDeque<(Duration, Chat)>,
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

/// One bot's chats that wait for a claim.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub ready: VecDeque<Chat>,
    /// When entries were read last.
    pub last_entry: Duration,
    /// How many were read then.
    pub lately: u32,
}

impl Line {
    /// An entry was read.
    pub(super) fn entered(&mut self, now: Duration) {
        self.lately = if self.last_entry == now { self.lately + 1 } else { 1 };
        self.last_entry = now;
    }

    /// How many entries the next turn may bring, generously: permits in its hands are in nobody else's.
    pub(super) fn expected(&self) -> u32 {
        self.lately.max(1).saturating_mul(2).min(Limits::NEW)
    }
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

    /// Begins the claimed head of a chat, if it may still begin.
    fn start(&mut self, chat: Chat, now: Duration, permits: &mut Permits) -> Option<Work> {
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
    fn found(&mut self, chat: Chat, entry: EntryId, file: Result<FileAt, FetchError>, now: Duration) {
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
    fn not_fetched(&mut self, chat: Chat, error: &CallError, now: Duration) {
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
    fn sought(&mut self, chat: Chat, entry: EntryId, found: Option<Option<MessageId>>, now: Duration) {
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

    /// The claim under which this entry's call is under way.
    fn called_head(&self, chat: Chat, entry: EntryId) -> Option<Held> {
        let queue = self.chats.get(&chat)?;
        match queue.head {
            Head::Called(held) if queue.jobs.front()?.id == entry => Some(held),
            _ => None,
        }
    }

    fn answered(
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

    /// What is to be remembered of an entry that was sent, as this message if that is known.
    pub(super) fn ack_of_sent(&self, job: &Job, id: Option<MessageId>, now: Duration) -> Ack {
        let mut ack = ack_of(job);
        match &job.entry.content {
            Content::Copy(copy) | Content::Carry(Carry { copy, .. }) => {
                if job.entry.room.is_some() {
                    self.metrics.relay_seconds.observe(self.state_now(now).since(copy.at).as_secs_f64());
                }
                if let (Some(room), Some(here)) = (job.entry.room, id) {
                    ack.keep = Some(Keep::Ids(IdPair { room, here, there: copy.message }));
                    ack.facts.extend(message_fact(job, Some(here)));
                } else if copy.album.is_some() {
                    ack.facts.extend(message_fact(job, None));
                }
            }
            Content::Notice(notice) if notice.opens().is_some() => ack.keep = id.map(Keep::Announcement),
            Content::Notice(notice) => {
                let search = notice.shows_search().zip(id);
                ack.keep = search.map(|(ticket, message)| Keep::Search { ticket, message });
            }
            _ => {}
        }
        ack
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
    fn waits_for_bot(&self, chat: Chat, now: Duration) -> bool {
        self.state_now(now).since(self.head(chat).id.queued_at()) < bots::PATIENCE
    }

    fn explain(&mut self, chat: Chat, reason: String, now: Duration) {
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

    /// The state's time, as nearly as can be told.
    pub(super) fn state_now(&self, now: Duration) -> Millis {
        let (at, then) = self.state_time;
        at.after(now.saturating_sub(then))
    }

    fn head(&self, chat: Chat) -> &Arc<Job> {
        self.chats.get(&chat).and_then(|queue| queue.jobs.front()).expect("its call was under way")
    }

    /// Takes the head of a chat off.
    pub(super) fn pop(&mut self, chat: Chat) -> Arc<Job> {
        self.held -= 1;
        self.chats.get_mut(&chat).and_then(ChatQueue::pop).expect("the head of a chat that has one")
    }

    /// An acknowledgement waits for company, save one that tells of a room: until then its reader is not heard there.
    pub(super) fn acknowledge(&mut self, ack: Ack, now: Duration) {
        let announces = matches!(ack.keep, Some(Keep::Announcement(_)));
        let due = if announces { now } else { now + self.limits.ack_linger };
        self.acks_due = Some(self.acks_due.map_or(due, |sooner| sooner.min(due)));
        self.acks.push(ack);
    }

    /// A message is not sent because its room ended first. `uncertain`: an earlier call of it may have been carried out.
    /// It may not be repeated any more, so what became of it stays unknown, and the record says just that.
    pub(super) fn drop_over(&mut self, job: &Job, uncertain: bool, now: Duration) {
        let mut ack = ack_of(job);
        if uncertain {
            ack.facts.extend(message_fact(job, None));
        }
        match withdrawal(job) {
            Some(withdrawal) => self.pending.push_back(Work::Withdraw { chat: None, withdrawal }),
            None => self.metrics.dropped_by_leave.inc(),
        }
        self.acknowledge(ack, now);
    }

    /// The head's claim can no longer be used: it has to be claimed anew.
    pub(super) fn reopen(&mut self, chat: Chat, now: Duration) {
        if let Some(queue) = self.chats.get_mut(&chat) {
            queue.head = Head::Open;
        }
        self.go_on(chat, now);
    }

    /// A head was claimed. One that was claimed where it was read could not have gone out before.
    pub(super) fn claimed(&mut self, chat: Chat, held: Held, now: Duration) {
        let queue = self.chats.get_mut(&chat).expect("only chats with entries are claimed");
        queue.head = Head::Claimed(held);
        queue.ready_at.get_or_insert(now);
        queue.refusals = 0;
        self.startable.push_back(chat);
    }

    /// Puts a chat where it belongs now: into its bot's line, to the timers, or to those that may be forgotten.
    /// What stands at its head and belongs to an ended room is dropped, unless its call may still be on its way.
    pub(super) fn go_on(&mut self, chat: Chat, now: Duration) {
        let (rate, state_time) = (self.limits.chat_rate, self.state_time);
        loop {
            let Some(queue) = self.chats.get_mut(&chat) else { return };
            if queue.lined || queue.head != Head::Open {
                return;
            }
            let settled = !queue.uncertain || queue.not_before <= now;
            if settled && queue.head_is_over() {
                let uncertain = queue.uncertain;
                for _ in 0..queue.uncertain_jobs().max(1) {
                    let job = self.pop(chat);
                    self.drop_over(&job, uncertain, now);
                }
                continue;
            }
            let gathered = queue.gathers_until(state_time).unwrap_or_default();
            let free_at = queue.free_at(rate, now);
            queue.gathers = gathered > free_at;
            let free_at = free_at.max(gathered);
            let action = if queue.gathers { queue.shows() } else { None };
            self.pending.extend(action.map(|action| Work::Show { chat, action }));
            queue.lined = free_at > now || !queue.jobs.is_empty();
            if free_at > now {
                queue.ready_at = None;
                self.timers.push(Reverse((free_at, chat)));
            } else if queue.lined {
                queue.ready_at.get_or_insert(now);
                self.urgent |= queue.jobs.front().is_some_and(|job| job.entry.is_awaited());
                self.lines.entry(chat.bot).or_default().ready.push_back(chat);
            } else {
                self.forget.push_back((now + Duration::from_secs(1), chat));
            }
            return;
        }
    }

    /// Lets chats whose time has come go on, and forgets those that are at rest.
    pub(super) fn advance(&mut self, now: Duration) {
        while let Some(Reverse((at, chat))) = self.timers.peek().copied()
            && at <= now
        {
            self.timers.pop();
            if let Some(queue) = self.chats.get_mut(&chat) {
                queue.lined = false;
                self.go_on(chat, now);
            }
        }
        while let Some((at, chat)) = self.forget.front().copied()
            && at <= now
        {
            self.forget.pop_front();
            let Some(queue) = self.chats.get(&chat) else { continue };
            if queue.is_forgettable(self.limits.chat_rate, now) {
                self.chats.remove(&chat);
            } else if queue.jobs.is_empty() && !queue.lined {
                self.forget.push_back((now + Duration::from_secs(1), chat));
            }
        }
    }

    /// Drops what has not begun of a room that ended in this chat.
    pub(super) fn end_room(&mut self, chat: Chat, room: RoomId, now: Duration) {
        let Some(queue) = self.chats.get_mut(&chat) else { return };
        queue.ended = Some(room);
        let uncertain = queue.uncertain_jobs();
        let over = queue.drop_unbegun(now, |job| job.entry.room == Some(room));
        self.held -= over.len();
        for (index, job) in over {
            self.drop_over(&job, index < uncertain, now);
        }
    }

    /// Asserts what must hold between any two calls: tests do so after each.
    #[cfg(test)]
    pub(super) fn assert_sound(&self) {
        let mut lined: Vec<Chat> = self.timers.iter().map(|Reverse((_, chat))| *chat).collect();
        lined.extend(self.lines.values().flat_map(|line| line.ready.iter().copied()));
        let count = lined.len();
        lined.sort_unstable();
        lined.dedup();
        assert_eq!(count, lined.len(), "a chat stands in two lines");
        for (chat, queue) in &self.chats {
            assert_eq!(queue.lined, lined.binary_search(chat).is_ok(), "{chat:?}");
            let open = queue.head == Head::Open;
            assert!(!(open && !queue.jobs.is_empty() && !queue.lined), "{chat:?} waits for nothing");
            assert!(open || !queue.jobs.is_empty(), "{chat:?} has a head and no entry");
            assert!(queue.jobs.iter().zip(queue.jobs.iter().skip(1)).all(|(a, b)| a.id < b.id));
        }
        assert_eq!(self.held, self.chats.values().map(|queue| queue.jobs.len()).sum::<usize>());
    }
}

/// Says that an entry is finished.
pub(super) fn ack_of(job: &Job) -> Ack {
    Ack { entry: job.id, user: job.chat.user, bot: job.chat.bot, keep: None, facts: Vec::new() }
}

/// The record of a message that was passed on; of other entries there is none.
pub(super) fn message_fact(job: &Job, partner_message: Option<MessageId>) -> Option<Fact> {
    let (Some(copy), Some(room)) = (job.entry.content.message(), job.entry.room) else { return None };
    Some(Fact::Message(MessageFact {
        room,
        sequence: job.sequence,
        sender: copy.from,
        bot: copy.bot,
        update: copy.update,
        kind: copy.kind,
        sender_message: copy.message,
        partner_message,
        at: copy.at,
    }))
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
