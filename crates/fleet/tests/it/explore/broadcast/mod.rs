//! The broadcasts' scenario: two instances queue one broadcast piece by piece and two send it for one shard. Each may die
//! anywhere, hold a piece or a request in its hands while the other goes on, and wake up late; steps come twice, or their
//! answers are lost. An operator pauses, resumes and cancels. Judged is what reaches people, and what is counted of it.

mod choice;
mod office;
mod rest;
mod telegram;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hamdam_bot::Voice;
use hamdam_domain::broadcast::{BroadcastId, Course, Message, Plan, Segment, Tally, Text};
use hamdam_domain::clock::Clock;
use hamdam_domain::id::UserId;
use hamdam_domain::profile::Language;
use hamdam_fleet::metrics::Metrics;
use hamdam_fleet::posted::{Airing, Posted};
use hamdam_fleet::sender::Tools;
use hamdam_state::State;
use hamdam_state::memory::{MemoryState, Parts};
use hamdam_state::step::broadcast::{Addressee, Piece};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use self::office::Office;
use self::telegram::{Flight, NoLine};
use super::chance::{HandClock, SHARD, at_once};
use super::stage::{BOT, Unasked};

const PEOPLE: i64 = 7;
const FIRST: BroadcastId = BroadcastId(1);

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
        clock.set(Duration::from_secs(1_000));
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

    fn tally(&self) -> Tally {
        at_once(self.state.broadcast_tally(SHARD, FIRST)).unwrap()
    }

    fn course(&self) -> Course {
        at_once(self.state.board()).unwrap().broadcasts[&FIRST]
    }

    fn is_over(&self) -> bool {
        self.brought == PEOPLE && self.tally().is_settled()
    }
}
