//! The real parts over live state in memory, put together once and used by many executions.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::time::Duration;

use async_trait::async_trait;
use futures::task::noop_waker;
use hamdam_archive::{Dossier, Dossiers};
use hamdam_bot::{Button, Outcome, Settings};
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::engine::Rules;
use hamdam_domain::id::{BotId, InstanceId, PoolId, Shard, UserId};
use hamdam_domain::pools::{Pools, Region};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::wish::Country;
use hamdam_fleet::audit::Audit;
use hamdam_fleet::bots::Bots;
use hamdam_fleet::intake::{Intake, IntakeError, Profiles};
use hamdam_fleet::matchmaker::{self, Matchmaker};
use hamdam_fleet::metrics::Metrics;
use hamdam_state::State;
use hamdam_state::memory::{MemoryState, Part, Parts, Pass, Pool, World};
use hamdam_telegram::Update;
use serde_json::{Value, json};

use super::desk::Desk;
use super::engine::PickedEngine;
use super::scenario::{Act, Deed, Kind};
use crate::newcomers::Newcomers;

pub(super) const BOT: BotId = BotId(100);
/// Enough for each user to have a shard of their own.
const SHARDS: u16 = 8;
const PEOPLE: usize = 3;

/// Time stands still: what runs out here is taken away by hand.
pub(super) struct Still;

impl Clock for Still {
    fn unix(&self) -> Millis {
        Millis(1_800_000_000_000)
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// Nobody is slowed down: how much somebody sends would only multiply what is to be explored.
pub(super) fn unhurried(mut settings: Settings) -> Settings {
    settings.haste.flood.updates = 0;
    settings
}

/// Nobody asks for what is kept of them.
pub(super) struct Unasked;

#[async_trait]
impl Dossiers for Unasked {
    async fn dossier(&self, user: UserId) -> hamdam_archive::Result<Dossier> {
        panic!("nobody asks about {user}")
    }
}

/// Everybody is known to live state already.
pub(super) fn enrolled() -> Arc<dyn Profiles> {
    Arc::new(Newcomers(|user| panic!("{user} is enrolled")))
}

pub(super) fn pool() -> PoolId {
    PoolId("main".into())
}

pub(super) fn user_id(user: usize) -> UserId {
    UserId(1_001 + i64::try_from(user).expect("few users"))
}

/// Update ids of one person grow with their deeds.
pub(super) fn update_id(user: usize, index: usize) -> i64 {
    i64::try_from((user + 1) * 100 + index + 1).expect("few updates")
}

/// Who does what for the how manieth time, by which button.
type Made = (usize, usize, Act, Option<Button>);

pub(super) struct Stage {
    pub desk: Arc<Desk>,
    pub state: Arc<MemoryState>,
    pools: Pools,
    /// The same, one by one.
    pub all: Vec<PoolId>,
    intake: Arc<Intake>,
    empty: World,
    /// Updates that were made before.
    updates: RefCell<HashMap<Made, Arc<Update>>>,
}

impl Stage {
    /// Nobody sends here, so every notice counts as seen: what an unannounced room means is for the sender's scenario.
    pub(super) fn new(parts: Parts) -> Self {
        Self::with(parts, Pools::default())
    }

    /// The same, where everybody but the last begins in a narrow pool and moves on from it after one batch.
    pub(super) fn narrow(parts: Parts) -> Self {
        let countries = vec![Country::new("IR").expect("a country")];
        let region = Region { pool: PoolId("ir".into()), countries, wider: pool(), after: Duration::ZERO };
        Self::with(parts, Pools::new(vec![region], pool()).expect("narrow before wide"))
    }

    fn with(parts: Parts, pools: Pools) -> Self {
        let parts = parts.without(Part::Announced);
        let desk = Arc::new(Desk::default());
        let clock = Arc::new(Still);
        let state = MemoryState::builder(SHARDS, clock).gate(Arc::<Desk>::clone(&desk)).parts(parts).build();
        let state = Arc::new(state);
        let intake = Arc::new(Intake::new(
            Arc::<MemoryState>::clone(&state),
            enrolled(),
            Arc::new(Bots::new([(BOT, 0)])),
            unhurried(Settings { pools: pools.clone(), ..Settings::default() }),
            Arc::new(Metrics::new()),
        ));
        let all: Vec<PoolId> = pools.all().cloned().collect();
        assert_eq!(all[0], pool());
        for user in 0..PEOPLE {
            let country = if user + 1 < PEOPLE { "IR" } else { "DE" };
            enroll(&desk, &state, user_id(user), country);
        }
        let empty = state.inspect(World::clone);
        let shards: BTreeSet<_> = (0..PEOPLE).map(|user| empty.shard_of(user_id(user))).collect();
        assert_eq!(shards.len(), PEOPLE, "users who share a shard would tell states apart that are alike");
        Self { desk, state, pools, all, intake, empty, updates: RefCell::default() }
    }

    /// Everybody is known and idle, nothing has happened.
    pub(super) fn reset(&self) {
        self.desk.clear();
        self.state.tamper(|world| world.clone_from(&self.empty));
    }

    pub(super) fn free_lock(&self, pool: usize) {
        self.state.tamper(|world| {
            if let Some(pool) = world.pools.get_mut(&self.all[pool]) {
                pool.lock.owner = None;
            }
        });
    }

    /// A handler of one update.
    pub(super) fn handler(
        &self,
        user: usize,
        index: usize,
        act: Act,
        button: Option<Button>,
    ) -> Pin<Box<dyn Future<Output = Result<Outcome, IntakeError>> + Send>> {
        let update =
            Arc::clone(self.updates.borrow_mut().entry((user, index, act, button)).or_insert_with(|| {
                let body = body(user, index, act, button).to_string();
                Arc::new(Update::from_json(body.as_bytes()).expect("an update as Telegram sends it"))
            }));
        let intake = Arc::clone(&self.intake);
        Box::pin(async move { intake.handle(BOT, &update).await })
    }

    /// A pool as it stands.
    pub(super) fn pool<'w>(&self, world: &'w World, pool: usize) -> Option<&'w Pool> {
        world.pools.get(&self.all[pool])
    }

    /// Where people go on from a pool.
    pub(super) fn is_narrow(&self, pool: usize) -> bool {
        self.pools.way_on(&self.all[pool]).is_some()
    }

    /// Two walks of the audit, at once: nothing else is under way.
    pub(super) fn audit(&self) {
        let bots = Arc::new(Bots::new([(BOT, 0)]));
        let mut audit = Audit::new(self.state.clone(), self.pools.clone(), bots, Duration::from_hours(1));
        let shards: Vec<_> = (0..SHARDS).map(Shard).collect();
        let mut walks = Box::pin(async {
            for _ in 0..2 {
                audit.walk(&shards, &self.all).await.expect("memory answers");
            }
        });
        loop {
            self.desk.grant(Pass::Once, 0);
            if walks.as_mut().poll(&mut Context::from_waker(&noop_waker())).is_ready() {
                break;
            }
        }
        self.desk.clear();
    }

    /// A matchmaker of a pool that makes one pass after the other.
    pub(super) fn matchmaker(
        &self,
        number: u64,
        pool: usize,
    ) -> Pin<Box<dyn Future<Output = Result<Outcome, IntakeError>> + Send>> {
        let rules = Rules { batch_size: 1, ..Rules::default() };
        let settings = matchmaker::Settings {
            width: 1,
            way_on: self.pools.way_on(&self.all[pool]),
            ..matchmaker::Settings::new(rules, Duration::from_secs(5))
        };
        let name = self.all[pool].clone();
        let (desk, state) = (Arc::clone(&self.desk), Arc::downgrade(&self.state));
        let engine = move || {
            Box::new(PickedEngine::new(Arc::clone(&desk), state.clone(), name.clone()))
                as Box<dyn hamdam_domain::engine::Engine>
        };
        let mut matchmaker = Matchmaker::new(
            Arc::<MemoryState>::clone(&self.state),
            Arc::new(Still),
            settings,
            self.all[pool].clone(),
            u8::try_from(pool + 1).expect("few pools"),
            InstanceId(format!("leader {number}")),
            Box::new(engine),
        );
        Box::pin(async move {
            loop {
                // After a lost answer the next pass goes on where this one stopped.
                let _ = matchmaker.pass().await;
            }
        })
    }
}

fn enroll(desk: &Desk, state: &MemoryState, user: UserId, country: &str) {
    use futures::FutureExt;
    let mut profile = Profile::new(Language::En, BOT);
    profile.facts.place.country = Country::new(country).ok();
    desk.grant(Pass::Once, 0);
    state.enroll(user, &profile, &[], &[]).now_or_never().expect("granted").expect("memory answers");
    desk.clear();
}

/// An update as Telegram sends it.
pub(super) fn body(user: usize, index: usize, act: Act, button: Option<Button>) -> Value {
    let (id, person) = (update_id(user, index), user_id(user).0);
    let from = json!({"id": person, "is_bot": false, "first_name": "x", "language_code": "en"});
    let chat = json!({"id": person, "type": "private", "first_name": "x"});
    let text = |text: &str| {
        let mut message =
            json!({"message_id": id, "from": from, "chat": chat, "date": 1_800_000_000, "text": text});
        if let Some(command) = text.split(' ').next().filter(|word| word.starts_with('/')) {
            message["entities"] = json!([{"type": "bot_command", "offset": 0, "length": command.len()}]);
        }
        json!({"update_id": id, "message": message})
    };
    match (act.kind, act.deed) {
        (Kind::Pressed, _) => {
            let data = button.expect("only buttons that are there are pressed").to_string();
            json!({"update_id": id, "callback_query":
                {"id": id.to_string(), "from": from, "chat_instance": "1", "data": data,
                 "message": {"message_id": 1, "chat": chat, "date": 1_800_000_000, "text": "x"}}})
        }
        (Kind::Blocked, _) => json!({"update_id": id, "my_chat_member":
            {"chat": chat, "from": from, "date": 1_800_000_000,
             "old_chat_member": {"status": "member", "user": {"id": BOT.0, "is_bot": true, "first_name": "b"}},
             "new_chat_member": {"status": "kicked", "until_date": 0, "user": {"id": BOT.0, "is_bot": true, "first_name": "b"}}}}),
        (_, Deed::Search) => text("/search"),
        (_, Deed::Next) => text("/next"),
        (_, Deed::Stop) => text("/stop"),
        (_, Deed::Message | Deed::Block) => text("hello"),
    }
}
