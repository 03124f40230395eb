//! The sender's scenario: rooms come and go through intake and matchmaker, and two instances send for one shard. One may
//! be paused anywhere and lose its lease, with calls in the air that land later, die with turns unheard, or hold a
//! request in its hands while the other takes over. Updates are pushed any time after they were made. Judged is what
//! reaches the chats.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use futures::task::noop_waker;
use hamdam_bot::{Settings, Voice};
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::engine::{Matcher, Rules};
use hamdam_domain::id::{BotId, InstanceId, RoomId, Shard, UserId};
use hamdam_domain::outbox::{Content, Entry, EntryId, Notice};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::session::Session;
use hamdam_fleet::bots::Bots;
use hamdam_fleet::calls::BotApi;
use hamdam_fleet::intake::Intake;
use hamdam_fleet::matchmaker::{self, Matchmaker};
use hamdam_fleet::metrics::Metrics;
use hamdam_fleet::run::{BotRate, ChatRate};
use hamdam_fleet::sender::{Chat, Done, Limits, Permits, ShardSender, Taken, Tools, Work, perform};
use hamdam_state::memory::{MemoryState, Parts};
use hamdam_state::step::Holder;
use hamdam_state::step::sending::Turn;
use hamdam_state::{State, StateError};
use hamdam_telegram::files::FilePlace;
use hamdam_telegram::{Call, CallError, Download, Executed, Sent, Update, UploadError, Uploaded};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::judge::{ChatLog, Verdict};
use super::scenario::{Act, Deed, Kind, When};
use super::stage::{BOT, Unasked, body, pool, unhurried, user_id};

const SHARD: Shard = Shard(0);
const PEOPLE: usize = 3;
const LIMITS: Limits = Limits {
    lease: Duration::from_millis(4_500),
    longest_call: Duration::from_secs(6),
    longest_transfer: Duration::from_secs(10),
    start_limit: Duration::from_secs(1),
    poll: Duration::from_secs(1),
    turn_gap: Duration::from_millis(20),
    ack_linger: Duration::from_millis(30),
    chat_rate: ChatRate { per_second: 50.0, burst: 50 },
};

/// Stands still until it is moved.
#[derive(Default)]
struct HandClock(AtomicU64);

impl HandClock {
    fn set(&self, to: Duration) {
        self.0.fetch_max(u64::try_from(to.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn unix(&self) -> Millis {
        Millis(1_800_000_000_000 + i64::try_from(self.0.load(Ordering::Relaxed)).unwrap())
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// A request under way to Telegram.
struct Flight {
    chat: Chat,
    entry: EntryId,
    written: Duration,
    /// What Telegram answered.
    answer: Option<Result<Sent, CallError>>,
}

/// The air between us and Telegram.
#[derive(Default)]
struct Air {
    /// Whose request is written next.
    next: Option<(Chat, EntryId)>,
    flights: BTreeMap<u64, Flight>,
    count: u64,
}

struct Line {
    air: Arc<Mutex<Air>>,
    clock: Arc<HandClock>,
}

#[async_trait]
impl BotApi for Line {
    async fn call(&self, _: BotId, _: &Call) -> Result<Sent, CallError> {
        let number = {
            let mut air = self.air.lock().unwrap();
            let (chat, entry) = air.next.take().expect("the stage says whose call it is");
            air.count += 1;
            let number = air.count;
            let flight = Flight { chat, entry, written: self.clock.monotonic(), answer: None };
            air.flights.insert(number, flight);
            number
        };
        std::future::poll_fn(|_| {
            let mut air = self.air.lock().unwrap();
            match air.flights.get_mut(&number).map(|flight| flight.answer.take()) {
                Some(Some(answer)) => {
                    air.flights.remove(&number);
                    Poll::Ready(answer)
                }
                _ => Poll::Pending,
            }
        })
        .await
    }

    async fn is_member(&self, _: BotId, channel: &str, _: UserId) -> Result<bool, CallError> {
        panic!("nobody asks who is in {channel}")
    }

    async fn place(&self, bot: BotId, _: &str) -> Result<FilePlace, CallError> {
        panic!("no file of {bot} is played with")
    }

    async fn open(&self, bot: BotId, _: &FilePlace) -> Result<Download, CallError> {
        panic!("no file of {bot} is played with")
    }

    async fn upload(&self, bot: BotId, _: &Call, _: Download, _: &str) -> Result<Uploaded, UploadError> {
        panic!("no file of {bot} is played with")
    }
}

type Performing = Pin<Box<dyn Future<Output = Done> + Send>>;

/// One instance's sender, and what it has begun.
struct Office {
    core: ShardSender,
    permits: Permits,
    /// Calls not yet written: what a slow thread holds in its hands.
    unwritten: Vec<Work>,
    /// Calls that wait for their answers.
    waiting: Vec<Performing>,
    /// A turn that was made up and not yet sent.
    turn: Option<Arc<Turn>>,
}

/// What may happen next.
#[derive(Clone, Copy, Debug)]
enum Choice {
    /// A user does something; Telegram takes it.
    Deed {
        user: usize,
        deed: Deed,
    },
    /// Telegram pushes a user's oldest update.
    Push(usize),
    Match,
    Acquire(usize),
    MakeTurn(usize),
    SendTurn {
        office: usize,
        fate: Fate,
    },
    Take(usize),
    Write(usize),
    Land {
        flight: u64,
        how: Landing,
    },
    Hear(usize),
    Crash(usize),
    Wait(Duration),
}

#[derive(Clone, Copy, Debug)]
enum Fate {
    Once,
    Twice,
    Unheard,
    Unsent,
}

#[derive(Clone, Copy, Debug)]
enum Landing {
    Done,
    DoneUnheard,
    Broken,
    Blocked,
    Limited,
}

/// How far the notice of the next room has come when a message is taken in that was written by the notice of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lateness {
    /// It lies in the outbox.
    Queued,
    /// It is claimed, and its call under way.
    UnderWay,
    /// Its call met a 429; the claim stands.
    Limited,
    /// It stands in the chat, and nobody has heard so.
    Landed,
    /// It is acknowledged.
    Acknowledged,
}

impl Lateness {
    pub(super) const ALL: [Self; 5] =
        [Self::Queued, Self::UnderWay, Self::Limited, Self::Landed, Self::Acknowledged];
}

/// Everything that executions share; made once, as it costs more than an execution.
pub(super) struct Exchange {
    metrics: Arc<Metrics>,
    voice: Arc<Voice>,
    parts: Parts,
}

impl Exchange {
    pub(super) fn new(parts: Parts) -> Self {
        Self { metrics: Arc::new(Metrics::new()), voice: Arc::new(Voice::default()), parts }
    }

    /// One random execution; the seed decides everything.
    pub(super) fn wander(&self, seed: u64) -> Result<usize, String> {
        let mut dice = SmallRng::seed_from_u64(seed);
        let mut traffic = Traffic::new(self);
        let mut trace = Vec::new();
        let played = (|| {
            for taken in 0..400 {
                let choices = traffic.choices(&mut dice);
                let choice = choices[dice.random_range(0..choices.len())];
                trace.push(format!("{choice:?}"));
                traffic.take(choice)?;
                if traffic.deeds == 0 && traffic.is_quiet() {
                    return Ok(taken);
                }
            }
            traffic.settle().map(|()| 400)
        })();
        played.and_then(|taken| traffic.rest().map(|()| taken)).map_err(|broken: String| {
            format!("{broken} (sender's scenario, seed {seed})\n{}", trace.join("\n"))
        })
    }
}

impl Exchange {
    /// User 0 goes on to another partner while the notice of the first room is still in the air, and writes what they
    /// mean for the first one when they see it. The update comes in when the notice of the next room is so far on its way.
    pub(super) fn writes_by_a_late_notice(&self, lateness: Lateness) -> Verdict {
        let mut traffic = Traffic::new(self);
        for user in [0, 1] {
            traffic.does(user, Deed::Search);
        }
        traffic.settle()?;
        traffic.take(Choice::Match)?;
        let first = traffic.sends_until_found(0)?;
        for (user, deed) in [(0, Deed::Next), (2, Deed::Search)] {
            traffic.does(user, deed);
            traffic.take(Choice::Push(user))?;
        }
        traffic.take(Choice::Match)?;
        traffic.take(Choice::Land { flight: first, how: Landing::Done })?;
        traffic.does(0, Deed::Message);
        if lateness != Lateness::Queued {
            traffic.take(Choice::Hear(0))?;
            let next = traffic.sends_until_found(0)?;
            assert_ne!(next, first, "the notice of the next room is in the air");
            match lateness {
                Lateness::Queued | Lateness::UnderWay => {}
                Lateness::Limited => {
                    traffic.take(Choice::Land { flight: next, how: Landing::Limited })?;
                    traffic.take(Choice::Hear(0))?;
                }
                Lateness::Landed => traffic.take(Choice::Land { flight: next, how: Landing::Done })?,
                Lateness::Acknowledged => traffic.sends_out()?,
            }
        }
        traffic.take(Choice::Push(0))?;
        traffic.settle()?;
        // By now they know of the room, and are heard in it.
        traffic.does(0, Deed::Message);
        traffic.settle()?;
        traffic.rest()?;
        let sent = traffic.delivered.iter().map(|id| &traffic.queued[id].1.content);
        assert_eq!(sent.filter(|content| matches!(content, Content::Copy(_))).count(), 1);
        Ok(())
    }
}

struct Traffic {
    clock: Arc<HandClock>,
    state: Arc<MemoryState>,
    metrics: Arc<Metrics>,
    counted_before: u64,
    intake: Intake,
    matchmaker: Matchmaker,
    tools: Tools,
    air: Arc<Mutex<Air>>,
    offices: [Option<Office>; 2],
    /// Processes that ever started.
    starts: usize,
    /// Deeds still to come, and updates each user has sent.
    deeds: usize,
    updates: [usize; PEOPLE],
    /// What Telegram has yet to push, per user.
    inboxes: [VecDeque<Update>; PEOPLE],
    /// Messages so far. The bot's chats share one sequence of ids, in both directions.
    messages: i64,
    crashes: usize,
    /// Chats as Telegram shows them.
    logs: HashMap<Chat, ChatLog>,
    last: HashMap<Chat, EntryId>,
    /// The room each chat shows.
    shown: HashMap<Chat, RoomId>,
    /// The room each message was written in, by its writer and update, as their chat showed it.
    written: HashMap<(UserId, i64), RoomId>,
    ended: BTreeSet<(Chat, i64)>,
    delivered: BTreeSet<EntryId>,
    /// Given up for a reason of their own.
    given_up: BTreeSet<EntryId>,
    /// Everything that was ever queued.
    queued: BTreeMap<EntryId, (Chat, Entry)>,
    duplicates: u64,
}

/// Steps on memory without a gate are done at once.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("steps in memory do not wait")
}

impl Traffic {
    fn new(exchange: &Exchange) -> Self {
        let clock = Arc::new(HandClock::default());
        clock.set(Duration::from_secs(1_000));
        let state = MemoryState::builder(1, Arc::<HandClock>::clone(&clock)).parts(exchange.parts).build();
        let state = Arc::new(state);
        let profile = Profile::new(Language::En, BOT);
        for user in 0..PEOPLE {
            at_once(state.enroll(user_id(user), &profile, &[], &[])).unwrap();
        }
        let metrics = Arc::clone(&exchange.metrics);
        let air = Arc::new(Mutex::new(Air::default()));
        let intake = Intake::new(
            Arc::<MemoryState>::clone(&state),
            Arc::new(Unasked),
            Arc::new(Bots::new([(BOT, 0)])),
            unhurried(Settings::default()),
            Arc::clone(&metrics),
        );
        let rules = Rules { batch_size: 10, ..Rules::default() };
        let matchmaker = Matchmaker::new(
            Arc::<MemoryState>::clone(&state),
            Arc::<HandClock>::clone(&clock),
            matchmaker::Settings::new(rules, Duration::from_hours(1)),
            pool(),
            1,
            InstanceId("leader".into()),
            Box::new(|| Box::new(Matcher::new())),
        );
        let tools = Tools {
            state: Arc::<MemoryState>::clone(&state),
            api: Arc::new(Line { air: Arc::clone(&air), clock: Arc::clone(&clock) }),
            voice: Arc::clone(&exchange.voice),
            dossiers: Arc::new(Unasked),
            clock: Arc::<HandClock>::clone(&clock),
        };
        Self {
            clock,
            state,
            counted_before: metrics.duplicate_sends.get(),
            metrics,
            intake,
            matchmaker,
            tools,
            air,
            offices: [None, None],
            starts: 0,
            deeds: 14,
            updates: [0; PEOPLE],
            inboxes: Default::default(),
            messages: 0,
            crashes: 2,
            logs: HashMap::new(),
            last: HashMap::new(),
            shown: HashMap::new(),
            written: HashMap::new(),
            ended: BTreeSet::new(),
            delivered: BTreeSet::new(),
            given_up: BTreeSet::new(),
            queued: BTreeMap::new(),
            duplicates: 0,
        }
    }

    /// What may happen; weights are repetitions.
    fn choices(&mut self, dice: &mut SmallRng) -> Vec<Choice> {
        let mut choices = Vec::new();
        if self.deeds > 0 {
            let deeds = [Deed::Search, Deed::Message, Deed::Message, Deed::Message, Deed::Next, Deed::Stop];
            let (user, deed) = (dice.random_range(0..PEOPLE), deeds[dice.random_range(0..deeds.len())]);
            choices.extend([Choice::Deed { user, deed }; 3]);
            choices.push(Choice::Match);
        }
        for user in (0..PEOPLE).filter(|user| !self.inboxes[*user].is_empty()) {
            choices.extend([Choice::Push(user); 4]);
        }
        for office in 0..self.offices.len() {
            match &self.offices[office] {
                None => choices.push(Choice::Acquire(office)),
                Some(begun) => self.office_choices(office, begun, &mut choices),
            }
        }
        let air = self.air.lock().unwrap();
        for (flight, _) in air.flights.iter().filter(|(_, flight)| flight.answer.is_none()) {
            let flight = *flight;
            choices.extend([Choice::Land { flight, how: Landing::Done }; 4]);
            choices.push(Choice::Land {
                flight,
                how: [Landing::DoneUnheard, Landing::Broken, Landing::Blocked, Landing::Limited]
                    [dice.random_range(0..4)],
            });
        }
        let waits = [20, 20, 60, 500, 1_100, 2_000, 4_600, 7_100];
        choices.push(Choice::Wait(Duration::from_millis(waits[dice.random_range(0..waits.len())])));
        choices
    }

    fn office_choices(&self, office: usize, begun: &Office, choices: &mut Vec<Choice>) {
        if begun.turn.is_some() {
            choices.extend([Choice::SendTurn { office, fate: Fate::Once }; 4]);
            choices.extend(
                [Fate::Twice, Fate::Unheard, Fate::Unsent].map(|fate| Choice::SendTurn { office, fate }),
            );
        } else {
            choices.push(Choice::MakeTurn(office));
        }
        choices.extend([Choice::Take(office); 2]);
        if !begun.unwritten.is_empty() {
            choices.extend([Choice::Write(office); 3]);
        }
        if !begun.waiting.is_empty() {
            choices.extend([Choice::Hear(office); 2]);
        }
        if self.crashes > 0 {
            choices.push(Choice::Crash(office));
        }
    }

    fn take(&mut self, choice: Choice) -> Verdict {
        match choice {
            Choice::Deed { user, deed } => {
                self.deeds -= 1;
                self.does(user, deed);
            }
            Choice::Push(user) => self.push(user),
            Choice::Match => drop(at_once(self.matchmaker.pass()).unwrap()),
            Choice::Acquire(office) => self.acquire(office),
            Choice::MakeTurn(office) => self.make_turn(office),
            Choice::SendTurn { office, fate } => self.send_turn(office, fate),
            Choice::Take(office) => self.take_work(office),
            Choice::Write(office) => self.write(office),
            Choice::Land { flight, how } => return self.land(flight, how),
            Choice::Hear(office) => self.hear(office),
            Choice::Crash(office) => {
                self.crashes -= 1;
                self.offices[office] = None;
            }
            Choice::Wait(time) => self.wait(time),
        }
        self.note_queued();
        Ok(())
    }

    /// A deed, from the finger to Telegram.
    fn does(&mut self, user: usize, deed: Deed) {
        let act = Act { kind: Kind::Typed, deed, when: When::Any };
        let mut update = body(user, self.updates[user], act, None);
        self.updates[user] += 1;
        self.messages += 1;
        update["message"]["message_id"] = self.messages.into();
        let update = Update::from_json(update.to_string().as_bytes()).unwrap();
        if let Some(room) = self.shown.get(&Chat { user: user_id(user), bot: BOT }) {
            self.written.insert((user_id(user), update.update_id), *room);
        }
        self.inboxes[user].push_back(update);
    }

    /// Telegram pushes the oldest update of a user, and it is acknowledged.
    fn push(&mut self, user: usize) {
        if let Some(update) = self.inboxes[user].pop_front() {
            at_once(self.intake.handle(BOT, &update)).unwrap();
        }
    }

    /// A process takes the lease, if it is free. One that starts after a crash is another process: ids are new at every
    /// start, so what its forerunner claimed lies under an earlier epoch.
    fn acquire(&mut self, office: usize) {
        self.starts += 1;
        let owner = InstanceId(format!("start {} of office {office}", self.starts));
        let sent = self.clock.monotonic();
        let Some(epoch) = at_once(self.state.lease(SHARD, &owner, LIMITS.lease)).unwrap() else { return };
        let holder = Holder { owner, epoch };
        let inheritance = at_once(self.state.inherit(SHARD, &holder)).unwrap().held().expect("just taken");
        let taken = Taken { shard: SHARD, holder, sent, inheritance, answered: self.clock.monotonic() };
        self.offices[office] = Some(Office {
            core: ShardSender::new(taken, LIMITS, Arc::clone(&self.metrics)),
            permits: Permits::new(BotRate::Unlimited, Arc::clone(&self.metrics)),
            unwritten: Vec::new(),
            waiting: Vec::new(),
            turn: None,
        });
    }

    fn make_turn(&mut self, office: usize) {
        let now = self.clock.monotonic();
        let Some(begun) = &mut self.offices[office] else { return };
        begun.core.rung(false);
        begun.turn = begun.core.next_turn(now, &mut begun.permits);
        if begun.turn.is_none() && begun.core.is_finished() && begun.unwritten.is_empty() {
            self.offices[office] = None;
        }
    }

    fn send_turn(&mut self, office: usize, fate: Fate) {
        let Some(begun) = &mut self.offices[office] else { return };
        let Some(turn) = begun.turn.take() else { return };
        let lost = || StateError::Unavailable { step: "turn", source: "lost on the way".into() };
        let send = || at_once(self.state.turn(&turn));
        let answer = match fate {
            Fate::Once => send(),
            Fate::Twice => send().and_then(|_| send()),
            Fate::Unheard => send().and(Err(lost())),
            Fate::Unsent => Err(lost()),
        };
        begun.core.turned(answer, self.clock.monotonic(), &mut begun.permits);
    }

    fn take_work(&mut self, office: usize) {
        let now = self.clock.monotonic();
        let Some(begun) = &mut self.offices[office] else { return };
        let Some(work) = begun.core.next_work(now, &mut begun.permits) else { return };
        if matches!(work, Work::Call(_)) {
            begun.unwritten.push(work);
        } else {
            let done = at_once(perform(work, &self.tools));
            begun.core.done(done, now, &mut begun.permits);
        }
    }

    /// Goes on with the oldest call in hand: it is written, or it is too late.
    fn write(&mut self, office: usize) {
        let now = self.clock.monotonic();
        let Some(begun) = &mut self.offices[office] else { return };
        let work = begun.unwritten.remove(0);
        let Work::Call(call) = &work else { unreachable!("only calls are kept in hand") };
        self.air.lock().unwrap().next = Some((call.job.chat, call.job.id));
        let tools = self.tools.clone();
        let mut performing: Performing = Box::pin(async move { perform(work, &tools).await });
        match poll(&mut performing) {
            Poll::Ready(done) => begun.core.done(done, now, &mut begun.permits),
            Poll::Pending => begun.waiting.push(performing),
        }
    }

    /// Telegram treats a request.
    fn land(&mut self, number: u64, how: Landing) -> Verdict {
        let (chat, entry) = {
            let air = self.air.lock().unwrap();
            let flight = &air.flights[&number];
            (flight.chat, flight.entry)
        };
        let retry = || CallError::Retry {
            method: "call",
            executed: Executed::Perhaps,
            reason: String::new(),
            source: None,
        };
        let answer = match how {
            Landing::Done => {
                self.deliver(chat, entry)?;
                Ok(Sent { message_id: Some(self.messages), others: Vec::new() })
            }
            Landing::DoneUnheard => {
                self.deliver(chat, entry)?;
                Err(retry())
            }
            Landing::Broken => Err(retry()),
            Landing::Limited => Err(CallError::Pause { method: "call", seconds: 1 }),
            Landing::Blocked => {
                self.given_up.insert(entry);
                Err(CallError::Unreachable { method: "call", reason: String::new() })
            }
        };
        let mut air = self.air.lock().unwrap();
        air.flights.get_mut(&number).expect("looked at above").answer = Some(answer);
        Ok(())
    }

    /// An entry appears in its chat.
    fn deliver(&mut self, chat: Chat, id: EntryId) -> Verdict {
        self.messages += 1;
        let (_, entry) = &self.queued[&id];
        if let Some(room) = entry.room.filter(|room| self.ended.contains(&(chat, room.0))) {
            return Err(format!("{id:?} of room {room} after its end in {chat:?}"));
        }
        if self.last.get(&chat) == Some(&id) {
            self.duplicates += 1;
            return Ok(());
        }
        if self.last.get(&chat).is_some_and(|last| *last > id) {
            return Err(format!("{id:?} after {:?} in {chat:?}", self.last[&chat]));
        }
        self.last.insert(chat, id);
        self.delivered.insert(id);
        if let Some(room) = entry.ends() {
            self.ended.insert((chat, room.0));
            self.shown.remove(&chat);
        }
        if let Content::Notice(Notice::Found { room }) = &entry.content {
            self.shown.insert(chat, *room);
        }
        Ok(())
    }

    /// The answers that have come reach their instance.
    fn hear(&mut self, office: usize) {
        let now = self.clock.monotonic();
        let Some(begun) = &mut self.offices[office] else { return };
        let mut at = 0;
        while at < begun.waiting.len() {
            match poll(&mut begun.waiting[at]) {
                Poll::Ready(done) => {
                    drop(begun.waiting.remove(at));
                    begun.core.done(done, now, &mut begun.permits);
                }
                Poll::Pending => at += 1,
            }
        }
    }

    /// Time passes. No request outlives the longest call: its writer gives it up then.
    fn wait(&mut self, time: Duration) {
        let until = self.clock.monotonic() + time;
        loop {
            let over = {
                let mut air = self.air.lock().unwrap();
                let over = air.flights.iter_mut().find(|(_, flight)| {
                    flight.answer.is_none() && flight.written + LIMITS.longest_call <= until
                });
                over.map(|(_, flight)| {
                    let reason = String::new();
                    let (method, executed, source) = ("call", Executed::Perhaps, None);
                    flight.answer = Some(Err(CallError::Retry { method, executed, reason, source }));
                    flight.written + LIMITS.longest_call
                })
            };
            let Some(at) = over else { break };
            self.clock.set(at);
            (0..self.offices.len()).for_each(|office| self.hear(office));
        }
        self.clock.set(until);
    }

    /// Remembers what was queued, before it is acknowledged and gone.
    fn note_queued(&mut self) {
        let after = self.queued.keys().next_back().copied().unwrap_or_default();
        let fresh = (std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded);
        self.state.inspect(|world| {
            for (id, stored) in world.shard(SHARD).outbox.range(fresh) {
                let chat = Chat { user: stored.user, bot: stored.bot };
                self.queued.insert(*id, (chat, Entry::from_json(&stored.body).expect("written by us")));
            }
        });
    }

    fn is_quiet(&self) -> bool {
        let pushed = self.inboxes.iter().all(VecDeque::is_empty);
        pushed && self.state.inspect(|world| world.shard(SHARD).outbox.is_empty())
    }

    /// Requests that Telegram has not treated yet.
    fn in_the_air(&self) -> Vec<(u64, Chat, EntryId)> {
        let air = self.air.lock().unwrap();
        let untreated = air.flights.iter().filter(|(_, flight)| flight.answer.is_none());
        untreated.map(|(number, flight)| (*number, flight.chat, flight.entry)).collect()
    }

    /// An office turns, and writes what it may.
    fn works(&mut self, office: usize) {
        if self.offices[office].as_ref().is_some_and(|begun| begun.turn.is_none()) {
            self.make_turn(office);
        }
        self.send_turn(office, Fate::Once);
        self.take_work(office);
        if self.offices[office].as_ref().is_some_and(|begun| !begun.unwritten.is_empty()) {
            self.write(office);
        }
        self.note_queued();
    }

    /// The first office sends, and Telegram takes all of it, until the notice of a room is in the air to this user.
    fn sends_until_found(&mut self, user: usize) -> Result<u64, String> {
        let chat = Chat { user: user_id(user), bot: BOT };
        for _ in 0..1_000 {
            self.works(0);
            for (flight, to, entry) in self.in_the_air() {
                match &self.queued[&entry].1.content {
                    Content::Notice(Notice::Found { .. }) if to == chat => return Ok(flight),
                    _ => self.land(flight, Landing::Done)?,
                }
            }
            self.hear(0);
            self.wait(Duration::from_millis(20));
        }
        Err(format!("no room is shown to {chat:?}"))
    }

    /// The first office sends until nothing lies in the outbox.
    fn sends_out(&mut self) -> Verdict {
        for _ in 0..1_000 {
            if self.state.inspect(|world| world.shard(SHARD).outbox.is_empty()) {
                return Ok(());
            }
            self.works(0);
            for (flight, ..) in self.in_the_air() {
                self.land(flight, Landing::Done)?;
            }
            self.hear(0);
            self.wait(Duration::from_millis(20));
        }
        Err("the outbox never empties".into())
    }

    /// The trouble is over: whoever can send does, and everything is done and answered.
    fn settle(&mut self) -> Verdict {
        self.deeds = 0;
        for _ in 0..20_000 {
            if self.is_quiet() {
                return Ok(());
            }
            (0..PEOPLE).for_each(|user| self.push(user));
            for office in 0..self.offices.len() {
                if self.offices[office].is_none() {
                    self.acquire(office);
                }
                self.works(office);
            }
            for (flight, ..) in self.in_the_air() {
                self.land(flight, Landing::Done)?;
            }
            (0..self.offices.len()).for_each(|office| self.hear(office));
            self.wait(Duration::from_millis(20));
            self.note_queued();
        }
        Err("the outbox never empties".into())
    }

    /// What must hold at the end.
    fn rest(&mut self) -> Verdict {
        let counted = self.metrics.duplicate_sends.get() - self.counted_before;
        if self.duplicates > counted {
            return Err(format!("{} sends came twice, {counted} were counted", self.duplicates));
        }
        let mut ends: BTreeSet<(Chat, i64)> = BTreeSet::new();
        for (id, (chat, entry)) in self.queued.iter().rev() {
            let over = entry.room.is_some_and(|room| ends.contains(&(*chat, room.0)));
            if !over && !self.delivered.contains(id) && !self.given_up.contains(id) {
                return Err(format!("{id:?} was never sent to {chat:?}: {entry:?}"));
            }
            ends.extend(entry.ends().map(|room| (*chat, room.0)));
        }
        let blocked: BTreeSet<Chat> = self.given_up.iter().map(|id| self.queued[id].0).collect();
        for id in &self.delivered {
            let (chat, entry) = &self.queued[id];
            if let Content::Copy(copy) = &entry.content
                && !self.written.contains_key(&(copy.from, copy.update.0))
                && !blocked.contains(&Chat { user: copy.from, bot: copy.bot })
            {
                return Err(format!("{chat:?}: what was written in no room goes to {:?}", entry.room));
            }
            let log = self.logs.entry(*chat).or_default();
            if !blocked.contains(chat) {
                let written = |user, update| self.written.get(&(user, update)).copied();
                log.read(entry, written).map_err(|broken| format!("{chat:?}: {broken}"))?;
            }
        }
        self.state.inspect(|world| {
            for (id, user) in &world.users {
                let Session::Chatting { room, partner, .. } = &user.session else { continue };
                if world.users[partner].session.room() != Some(*room) {
                    return Err(format!("lonely: {id} in room {room}"));
                }
            }
            Ok(())
        })
    }
}

fn poll(performing: &mut Performing) -> Poll<Done> {
    let waker = noop_waker();
    performing.as_mut().poll(&mut Context::from_waker(&waker))
}
