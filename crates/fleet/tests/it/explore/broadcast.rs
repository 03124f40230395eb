//! The broadcasts' scenario: two instances queue one broadcast piece by piece and two send it for one shard. Each may die
//! anywhere, hold a piece or a request in its hands while the other goes on, and wake up late; steps come twice, or their
//! answers are lost. An operator pauses, resumes and cancels. Judged is what reaches people, and what is counted of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use hamdam_bot::Voice;
use hamdam_domain::broadcast::{BroadcastId, Course, Message, Order, Plan, Segment, Tally, Text};
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::id::{BotId, InstanceId, Shard, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::profile::Language;
use hamdam_fleet::calls::BotApi;
use hamdam_fleet::metrics::Metrics;
use hamdam_fleet::posted::{Airing, Posted};
use hamdam_fleet::run::{BotRate, ChatRate};
use hamdam_fleet::sender::{
    BulkSender, CallWork, Done, Limits, Outcome, Permits, Taken, Tools, Work, perform,
};
use hamdam_state::memory::{MemoryState, Parts};
use hamdam_state::step::Holder;
use hamdam_state::step::broadcast::{Addressee, BulkTurn, Piece};
use hamdam_state::{State, StateError};
use hamdam_telegram::files::FilePlace;
use hamdam_telegram::{Call, CallError, Download, Executed, Sent, UploadError, Uploaded};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::judge::Verdict;
use super::stage::{BOT, Unasked};

const SHARD: Shard = Shard(0);
const PEOPLE: i64 = 7;
const FIRST: BroadcastId = BroadcastId(1);
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

impl Clock for HandClock {
    fn unix(&self) -> Millis {
        Millis(1_800_000_000_000).after(self.monotonic())
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// Calls go by the scenario's hands.
struct NoLine;

#[async_trait]
impl BotApi for NoLine {
    async fn call(&self, _: BotId, call: &Call) -> Result<Sent, CallError> {
        panic!("{} went past the scenario", call.method())
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

/// One instance's sender, and what it has begun.
struct Office {
    number: usize,
    bulk: BulkSender,
    permits: Permits,
    /// What it knows of broadcasts.
    airing: Arc<Airing>,
    /// Calls not yet written.
    unwritten: Vec<CallWork>,
    /// A turn that was made up and not yet sent.
    turn: Option<Arc<BulkTurn>>,
}

/// A request under way to Telegram.
struct Flight {
    /// Who waits for its answer, if they live.
    office: usize,
    user: UserId,
    entry: EntryId,
    written: Duration,
    answer: Option<Result<Sent, CallError>>,
}

/// What may happen next.
#[derive(Clone, Copy, Debug)]
enum Choice {
    /// Somebody brings the next piece, or one of before.
    Bring {
        from: i64,
        up_to: i64,
    },
    Steer(Order),
    Look(usize),
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

/// What executions share; made once, as it costs more than an execution.
pub(super) struct Studio {
    metrics: Arc<Metrics>,
    voice: Arc<Voice>,
    parts: Parts,
}

impl Studio {
    pub(super) fn new(parts: Parts) -> Self {
        Self { metrics: Arc::new(Metrics::new()), voice: Arc::new(Voice::default()), parts }
    }

    /// One random execution; the seed decides everything.
    pub(super) fn wander(&self, seed: u64) -> Result<usize, String> {
        let mut dice = SmallRng::seed_from_u64(seed);
        let mut town = Town::new(self);
        let mut trace = Vec::new();
        let played = (|| {
            for taken in 0..300 {
                let choices = town.choices(&mut dice);
                let choice = choices[dice.random_range(0..choices.len())];
                trace.push(format!("{choice:?}"));
                town.take(choice);
                if town.is_over() {
                    return Ok(taken);
                }
            }
            town.settle().map(|()| 300)
        })();
        let judged = played.and_then(|taken| town.rest().map(|()| taken));
        judged.map_err(|broken| format!("{broken} (broadcasts' scenario, seed {seed})\n{}", trace.join("\n")))
    }
}

struct Town {
    clock: Arc<HandClock>,
    state: Arc<MemoryState>,
    metrics: Arc<Metrics>,
    counted_before: u64,
    tools: Tools,
    posted: Posted,
    offices: [Option<Office>; 2],
    starts: usize,
    crashes: usize,
    /// Up to whom everybody was brought at least once.
    brought: i64,
    flights: BTreeMap<u64, Flight>,
    count: u64,
    /// How often it stands in whose chat.
    heard: BTreeMap<UserId, u64>,
    blocked: BTreeMap<UserId, u64>,
}

impl Town {
    fn new(studio: &Studio) -> Self {
        let clock = Arc::new(HandClock::default());
        clock.0.store(1_000_000, Ordering::Relaxed);
        let state = MemoryState::builder(1, Arc::<HandClock>::clone(&clock)).parts(studio.parts).build();
        let state = Arc::new(state);
        let text = Text { language: Language::En, text: "news".into() };
        let plan = Plan { message: Message::Texts(vec![text]), to: Segment::default(), by: None };
        at_once(state.begin_broadcast(&plan, "one")).unwrap();
        let tools = Tools {
            state: Arc::<MemoryState>::clone(&state),
            api: Arc::new(NoLine),
            dossiers: Arc::new(Unasked),
            voice: Arc::clone(&studio.voice),
            clock: Arc::<HandClock>::clone(&clock),
        };
        let town = Self {
            clock,
            state,
            metrics: Arc::clone(&studio.metrics),
            counted_before: studio.metrics.duplicate_sends.get(),
            tools,
            posted: Posted::default(),
            offices: [None, None],
            starts: 0,
            crashes: 3,
            brought: 0,
            flights: BTreeMap::new(),
            count: 0,
            heard: BTreeMap::new(),
            blocked: BTreeMap::new(),
        };
        town.look();
        town
    }

    fn look(&self) -> Arc<Airing> {
        at_once(self.posted.look(&*self.state, &self.metrics)).unwrap();
        self.posted.airs().borrow().clone()
    }

    fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    fn choices(&mut self, dice: &mut SmallRng) -> Vec<Choice> {
        let up_to = dice.random_range(self.brought..=PEOPLE);
        let from = dice.random_range(0..=self.brought);
        let mut choices = vec![Choice::Bring { from, up_to }];
        if self.brought < PEOPLE {
            choices.push(Choice::Bring { from: self.brought, up_to: self.brought + 2 });
        }
        let order = [Order::Pause, Order::Resume, Order::Resume, Order::Cancel][dice.random_range(0..4)];
        if dice.random_range(0..12) == 0 {
            choices.push(Choice::Steer(order));
        }
        for office in 0..self.offices.len() {
            let Some(begun) = &self.offices[office] else {
                choices.push(Choice::Acquire(office));
                continue;
            };
            choices.push(Choice::Look(office));
            if begun.turn.is_some() {
                choices.extend([Choice::SendTurn { office, fate: Fate::Once }; 4]);
                let fates = [Fate::Twice, Fate::Unheard, Fate::Unsent];
                choices.extend(fates.map(|fate| Choice::SendTurn { office, fate }));
            } else {
                choices.extend([Choice::MakeTurn(office); 2]);
            }
            choices.extend([Choice::Take(office); 3]);
            if !begun.unwritten.is_empty() {
                choices.extend([Choice::Write(office); 3]);
            }
            choices.push(Choice::Hear(office));
            if self.crashes > 0 {
                choices.push(Choice::Crash(office));
            }
        }
        for (flight, _) in self.flights.iter().filter(|(_, flight)| flight.answer.is_none()) {
            let flight = *flight;
            choices.extend([Choice::Land { flight, how: Landing::Done }; 4]);
            let rest = [Landing::DoneUnheard, Landing::Broken, Landing::Blocked, Landing::Limited];
            choices.push(Choice::Land { flight, how: rest[dice.random_range(0..4)] });
        }
        let waits = [20, 100, 100, 500, 1_100, 2_000, 4_600, 7_100];
        choices.push(Choice::Wait(Duration::from_millis(waits[dice.random_range(0..waits.len())])));
        choices
    }

    fn take(&mut self, choice: Choice) {
        match choice {
            Choice::Bring { from, up_to } => self.bring(from, up_to.min(PEOPLE)),
            Choice::Steer(order) => {
                at_once(self.state.steer_broadcast(FIRST, order)).unwrap();
            }
            Choice::Look(office) => {
                let airing = self.look();
                if let Some(begun) = &mut self.offices[office] {
                    begun.airing = airing;
                }
            }
            Choice::Acquire(office) => self.acquire(office),
            Choice::MakeTurn(office) => self.make_turn(office),
            Choice::SendTurn { office, fate } => self.send_turn(office, fate),
            Choice::Take(office) => self.take_work(office),
            Choice::Write(office) => self.write(office),
            Choice::Land { flight, how } => self.land(flight, how),
            Choice::Hear(office) => self.hear(office),
            Choice::Crash(office) => {
                self.crashes -= 1;
                self.offices[office] = None;
            }
            Choice::Wait(time) => self.wait(time),
        }
    }

    /// Whoever brings it read the record from somewhere before.
    fn bring(&mut self, from: i64, up_to: i64) {
        let told = |n: i64| Addressee { user: UserId(n), bot: BOT, language: Language::En };
        let piece = Piece {
            broadcast: FIRST,
            shard: SHARD,
            up_to: UserId(up_to),
            users: (from + 1..=up_to).map(told).collect(),
            active_since: None,
            language: None,
            bot: None,
            most_waiting: 100,
        };
        at_once(self.state.queue_piece(&piece)).unwrap();
        self.brought = self.brought.max(up_to);
    }

    fn acquire(&mut self, office: usize) {
        self.starts += 1;
        let owner = InstanceId(format!("start {}", self.starts));
        let sent = self.now();
        let Some(epoch) = at_once(self.state.lease(SHARD, &owner, LIMITS.lease)).unwrap() else { return };
        let holder = Holder { owner, epoch };
        let inheritance = at_once(self.state.inherit(SHARD, &holder)).unwrap().held().expect("just taken");
        let taken = Taken { shard: SHARD, holder, sent, inheritance, answered: self.now() };
        self.offices[office] = Some(Office {
            number: self.starts,
            bulk: BulkSender::new(&taken, LIMITS, Arc::clone(&self.metrics)),
            permits: Permits::new(BotRate::Unlimited, Arc::clone(&self.metrics)),
            airing: self.look(),
            unwritten: Vec::new(),
            turn: None,
        });
    }

    fn make_turn(&mut self, office: usize) {
        let now = self.now();
        let Some(begun) = &mut self.offices[office] else { return };
        begun.turn = begun.bulk.next_turn(now, &begun.airing, true, EntryId::default(), &mut begun.permits);
        if begun.bulk.is_lost() && begun.bulk.is_finished() {
            self.offices[office] = None;
        }
    }

    fn send_turn(&mut self, office: usize, fate: Fate) {
        let now = self.now();
        let Some(begun) = &mut self.offices[office] else { return };
        let Some(turn) = begun.turn.take() else { return };
        let lost = || StateError::Unavailable { step: "bulk_turn", source: "lost on the way".into() };
        let send = || at_once(self.state.bulk_turn(&turn));
        let answer = match fate {
            Fate::Once => send(),
            Fate::Twice => send().and_then(|_| send()),
            Fate::Unheard => send().and(Err(lost())),
            Fate::Unsent => Err(lost()),
        };
        begun.bulk.turned(answer, now, &begun.airing, &mut begun.permits);
    }

    fn take_work(&mut self, office: usize) {
        let now = self.now();
        let Some(begun) = &mut self.offices[office] else { return };
        match begun.bulk.next_work(now, &begun.airing, true, &mut begun.permits) {
            None => {}
            Some(Work::Call(call)) => begun.unwritten.push(call),
            Some(work) => {
                let done = at_once(perform(work, &self.tools));
                begun.bulk.done(done, now, &mut begun.permits);
            }
        }
    }

    /// Goes on with the oldest call in hand: it is written, or it is too late.
    fn write(&mut self, office: usize) {
        let now = self.now();
        let Some(begun) = &mut self.offices[office] else { return };
        let call = begun.unwritten.remove(0);
        if now >= call.start_before {
            begun.bulk.done(called(&call, Outcome::Late), now, &mut begun.permits);
            return;
        }
        self.count += 1;
        let (user, entry) = (call.job.chat.user, call.job.id);
        let flight = Flight { office: begun.number, user, entry, written: now, answer: None };
        self.flights.insert(self.count, flight);
    }

    /// Telegram treats a request.
    fn land(&mut self, number: u64, how: Landing) {
        let flight = self.flights.get_mut(&number).expect("it is in the air");
        let (executed, source) = (Executed::Perhaps, None);
        let retry = CallError::Retry { method: "call", executed, reason: String::new(), source };
        if matches!(how, Landing::Done | Landing::DoneUnheard) {
            *self.heard.entry(flight.user).or_default() += 1;
        }
        flight.answer = Some(match how {
            Landing::Done => Ok(Sent { message_id: Some(1), others: Vec::new() }),
            Landing::DoneUnheard | Landing::Broken => Err(retry),
            Landing::Limited => Err(CallError::Pause { method: "call", seconds: 1 }),
            Landing::Blocked => {
                *self.blocked.entry(flight.user).or_default() += 1;
                Err(CallError::Unreachable { method: "call", reason: String::new() })
            }
        });
    }

    /// The answers that have come reach their instance.
    fn hear(&mut self, office: usize) {
        let now = self.now();
        let Some(begun) = &mut self.offices[office] else { return };
        let number = begun.number;
        let ready = |flight: &Flight| flight.office == number && flight.answer.is_some();
        let heard: Vec<u64> =
            self.flights.iter().filter(|(_, flight)| ready(flight)).map(|(number, _)| *number).collect();
        for number in heard {
            let Flight { user, entry, written, answer, .. } =
                self.flights.remove(&number).expect("found above");
            let answer = answer.expect("found above");
            let chat = hamdam_fleet::sender::Chat { user, bot: BOT };
            let outcome = Outcome::Answered { written, answer };
            let done = Done::Called { chat, entry, method: "call", outcome };
            begun.bulk.done(done, now, &mut begun.permits);
        }
    }

    /// Time passes. No request outlives the longest call: its writer gives it up then.
    fn wait(&mut self, time: Duration) {
        let until = self.now() + time;
        let over: Vec<u64> = self
            .flights
            .iter()
            .filter(|(_, flight)| flight.answer.is_none() && flight.written + LIMITS.longest_call <= until)
            .map(|(number, _)| *number)
            .collect();
        for number in over {
            let at = self.flights[&number].written + LIMITS.longest_call;
            self.clock.0.fetch_max(u64::try_from(at.as_millis()).unwrap(), Ordering::Relaxed);
            self.land(number, Landing::Broken);
            (0..self.offices.len()).for_each(|office| self.hear(office));
        }
        self.clock.0.fetch_max(u64::try_from(until.as_millis()).unwrap(), Ordering::Relaxed);
    }

    fn tally(&self) -> Tally {
        at_once(self.state.broadcast_tally(SHARD, FIRST)).unwrap()
    }

    fn course(&self) -> Course {
        at_once(self.state.board()).unwrap().broadcasts[&FIRST]
    }

    fn is_over(&self) -> bool {
        self.brought == PEOPLE && self.tally().is_settled()
    }

    /// The trouble is over: all is brought, whoever can send does, and everything is done and answered.
    fn settle(&mut self) -> Verdict {
        self.bring(self.brought, PEOPLE);
        at_once(self.state.steer_broadcast(FIRST, Order::Resume)).unwrap();
        for _ in 0..5_000 {
            if self.is_over() {
                return Ok(());
            }
            for office in 0..self.offices.len() {
                if self.offices[office].is_none() {
                    self.acquire(office);
                }
                self.take(Choice::Look(office));
                if self.offices[office].as_ref().is_some_and(|begun| begun.turn.is_none()) {
                    self.make_turn(office);
                }
                self.send_turn(office, Fate::Once);
                self.take_work(office);
                while self.offices[office].as_ref().is_some_and(|begun| !begun.unwritten.is_empty()) {
                    self.write(office);
                }
            }
            let untreated: Vec<u64> = self
                .flights
                .iter()
                .filter(|(_, flight)| flight.answer.is_none())
                .map(|(number, _)| *number)
                .collect();
            for number in untreated {
                self.land(number, Landing::Done);
            }
            for office in 0..self.offices.len() {
                self.hear(office);
            }
            self.wait(Duration::from_millis(50));
        }
        Err(format!("it is never over: {:?}", self.tally()))
    }

    /// What must hold at the end.
    fn rest(&self) -> Verdict {
        let (tally, people) = (self.tally(), u64::try_from(PEOPLE).unwrap());
        if tally.queued != people {
            return Err(format!("{} of {people} were queued", tally.queued));
        }
        let again: u64 = self.heard.values().map(|times| times.saturating_sub(1)).sum();
        let counted = self.metrics.duplicate_sends.get() - self.counted_before;
        if again > counted {
            return Err(format!("{again} came again, {counted} were counted"));
        }
        let reached = |user: &UserId| self.heard.contains_key(user) || self.blocked.contains_key(user);
        let missed: Vec<_> = (1..=PEOPLE).map(UserId).filter(|user| !reached(user)).collect();
        if self.course() != Course::Cancelled && !missed.is_empty() {
            return Err(format!("left out: {missed:?}, {tally:?}"));
        }
        if missed.len() as u64 > tally.dropped {
            return Err(format!("{} heard nothing, {} were dropped", missed.len(), tally.dropped));
        }
        if tally.sent > self.heard.len() as u64 {
            return Err(format!("{} heard it, and {} were told to have", self.heard.len(), tally.sent));
        }
        Ok(())
    }
}

fn called(call: &CallWork, outcome: Outcome) -> Done {
    Done::Called { chat: call.job.chat, entry: call.job.id, method: "call", outcome }
}

fn at_once<T>(step: impl Future<Output = T>) -> T {
    step.now_or_never().expect("memory answers at once")
}
