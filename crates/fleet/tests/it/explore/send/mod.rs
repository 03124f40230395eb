//! The sender's scenario: rooms come and go through intake and matchmaker, and two instances send for one shard. One may
//! be paused anywhere and lose its lease, with calls in the air that land later, die with turns unheard, or hold a
//! request in its hands while the other takes over. Updates are pushed any time after they were made. Judged is what
//! reaches the chats.

mod air;
mod choice;
mod late_notice;
mod office;
mod rest;
mod settle;
mod telegram;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hamdam_bot::{Settings, Voice};
use hamdam_domain::engine::{Matcher, Rules};
use hamdam_domain::id::{InstanceId, RoomId, UserId};
use hamdam_domain::outbox::{Entry, EntryId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_fleet::bots::Bots;
use hamdam_fleet::intake::Intake;
use hamdam_fleet::matchmaker::{self, Matchmaker};
use hamdam_fleet::metrics::Metrics;
use hamdam_fleet::sender::{Chat, Tools};
use hamdam_state::State;
use hamdam_state::memory::{MemoryState, Parts};
use hamdam_telegram::Update;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use self::air::{Air, Line};
pub(super) use self::late_notice::Lateness;
use self::office::Office;
use super::chance::{HandClock, SHARD, at_once};
use super::judge::ChatLog;
use super::stage::{BOT, Unasked, enrolled, pool, unhurried, user_id};

const PEOPLE: usize = 3;

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
            enrolled(),
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
}
