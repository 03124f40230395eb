//! An instance's loops, from their start to the end of their draining.

use std::sync::Arc;
use std::time::Duration;

use hamdam_archive::{Audience, Dossiers, Forgetting, Ledger, Shelves};
use hamdam_bot::Voice;
use hamdam_domain::clock::Clock;
use hamdam_domain::engine::{Engine, Workers};
use hamdam_domain::id::{PoolId, Shard};
use hamdam_state::step::instance::Instance;
use hamdam_state::{Result, State};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::heartbeat::Heartbeat;
use super::pools::{Leader, Led};
use super::settings::Settings;
use super::shards::Keeper;
use super::threads::Threads;
use super::upkeep;
use super::{board, broadcasts};
use crate::audit::Audit;
use crate::broadcast::Filler;
use crate::calls::BotApi;
use crate::erasure::Erasure;
use crate::journal::Journal;
use crate::lease::Holdings;
use crate::matchmaker::{self, Matchmaker, Pairing};
use crate::metrics::Metrics;
use crate::posted::Posted;
use crate::retention::Retention;
use crate::roster::Roster;
use crate::sender::{Driver, Limits, Rates, Tools};

/// What an instance's loops work with.
#[derive(Clone)]
pub struct Deps {
    /// Live state.
    pub state: Arc<dyn State>,
    /// The door to Telegram.
    pub api: Arc<dyn BotApi>,
    /// Where facts go.
    pub ledger: Arc<dyn Ledger>,
    /// Where rows are kept.
    pub shelves: Arc<dyn Shelves>,
    /// What is kept about somebody, for themselves.
    pub dossiers: Arc<dyn Dossiers>,
    /// Where people are forgotten.
    pub forgetting: Arc<dyn Forgetting>,
    /// Whom broadcasts can be for.
    pub audience: Arc<dyn Audience>,
    /// Renders entries.
    pub voice: Arc<Voice>,
    /// What operators put up. It is kept up to date here.
    pub posted: Arc<Posted>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// What is counted and measured.
    pub metrics: Arc<Metrics>,
    /// Makes an empty matching engine, on which these work.
    pub engine: fn(Arc<dyn Workers>) -> Box<dyn Engine>,
}

/// The running loops of an instance. Dropping it is their death, as in a crash; [`Fleet::drain`] is their good end.
/// Nothing that was started outlives it.
pub struct Fleet {
    tasks: JoinSet<()>,
    stop: CancellationToken,
    failure: CancellationToken,
    holdings: Arc<Holdings>,
    led: Arc<Led>,
}

/// Builds up the loops.
struct Launch {
    settings: Settings,
    deps: Deps,
    fleet: Fleet,
    roster: watch::Receiver<Roster>,
}

impl Fleet {
    /// Starts the loops of the instance's roles. Needs a tokio runtime.
    pub async fn start(settings: Settings, deps: Deps) -> Result<Self> {
        let pools: Vec<PoolId> = settings.pools.all().cloned().collect();
        let numbers =
            if settings.roles.matchmaker { deps.state.number_pools(&pools).await? } else { Vec::new() };
        let shards = deps.state.shards();
        let holdings = Arc::new(Holdings::new(settings.instance.clone(), shards));
        let fleet = Self {
            tasks: JoinSet::new(),
            stop: CancellationToken::new(),
            failure: CancellationToken::new(),
            holdings,
            led: Arc::default(),
        };
        let (told, roster) = watch::channel(Roster::nobody());
        let mut launch = Launch { settings, deps, fleet, roster };
        launch.heartbeat(told);
        launch.heed();
        if launch.settings.roles.sender {
            launch.senders();
            launch.journal();
            launch.retention();
            launch.broadcasts();
        }
        if launch.settings.roles.matchmaker {
            launch.matchmakers(&pools, &numbers);
        }
        if launch.settings.roles.sender || launch.settings.roles.matchmaker {
            launch.upkeep();
        }
        Ok(launch.fleet)
    }

    /// The shards this instance owns.
    pub fn shards(&self) -> Vec<Shard> {
        self.holdings.held().into_iter().map(|(shard, _)| shard).collect()
    }

    /// The pools this instance leads.
    pub fn pools(&self) -> Vec<PoolId> {
        self.led.list()
    }

    /// Waits until a loop has panicked, which none should. The instance is of no use then and should end; the others
    /// take over.
    pub async fn failed(&self) {
        self.failure.cancelled().await;
    }

    /// Hands over shards and pools, waits for calls under way, and ends. Answers whether everything was handed over
    /// within `limit`; what was not is taken over by the others as after a crash.
    pub async fn drain(mut self, limit: Duration) -> bool {
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        let in_time = tokio::time::timeout(limit, ended).await.is_ok();
        self.tasks.shutdown().await;
        in_time
    }

    fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        let alarm = Alarm(self.failure.clone());
        self.tasks.spawn(async move {
            let _alarm = alarm;
            task.await;
        });
    }
}

/// Rings when a loop panics.
struct Alarm(CancellationToken);

impl Drop for Alarm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.cancel();
        }
    }
}

impl Launch {
    fn heartbeat(&mut self, roster: watch::Sender<Roster>) {
        let settings = &self.settings;
        let me = Instance {
            id: settings.instance.clone(),
            roles: settings.roles.to_string(),
            address: settings.address.clone(),
            version: settings.version.clone(),
        };
        let heartbeat = Heartbeat {
            state: self.deps.state.clone(),
            clock: self.deps.clock.clone(),
            me,
            timing: settings.timing.clone(),
            roster,
        };
        self.fleet.spawn(heartbeat.run(self.fleet.stop.clone()));
    }

    fn heed(&mut self) {
        let (deps, every) = (&self.deps, self.settings.timing.board);
        let (posted, state, metrics) = (deps.posted.clone(), deps.state.clone(), deps.metrics.clone());
        self.fleet.spawn(board::heed(posted, state, every, metrics, self.fleet.stop.clone()));
    }

    fn senders(&mut self) {
        let (deps, settings) = (&self.deps, &self.settings);
        let tools = Tools {
            state: deps.state.clone(),
            api: deps.api.clone(),
            voice: deps.voice.clone(),
            dossiers: deps.dossiers.clone(),
            clock: deps.clock.clone(),
        };
        let (report, reports) = mpsc::unbounded_channel();
        let (command, commands) = mpsc::unbounded_channel();
        let limits = Limits::new(settings);
        let rates = Rates { bot: settings.bot_rate, broadcasts: settings.broadcast_rate };
        let airs = deps.posted.airs();
        let driver = Driver::new(tools, limits, rates, deps.metrics.clone(), airs, report);
        let keeper = Keeper {
            state: deps.state.clone(),
            clock: deps.clock.clone(),
            me: settings.instance.clone(),
            timing: settings.timing.clone(),
            holdings: self.fleet.holdings.clone(),
            roster: self.roster.clone(),
            commands: command,
            reports,
        };
        self.fleet.spawn(driver.run(commands));
        self.fleet.spawn(keeper.run(self.fleet.stop.clone()));
    }

    fn journal(&mut self) {
        let deps = &self.deps;
        let erasure = Erasure::new(
            deps.state.clone(),
            deps.forgetting.clone(),
            self.settings.pseudonyms.clone(),
            self.settings.bots.clone(),
            self.settings.pools.all().cloned().collect(),
        );
        let journal = Journal::new(deps.state.clone(), deps.ledger.clone(), deps.metrics.clone());
        let journal = journal.forgetting(erasure);
        let every = self.settings.timing.journal;
        self.fleet.spawn(upkeep::journal(
            journal,
            every,
            self.fleet.holdings.clone(),
            self.fleet.stop.clone(),
        ));
    }

    fn retention(&mut self) {
        let deps = &self.deps;
        let (state, shelves, metrics) = (deps.state.clone(), deps.shelves.clone(), deps.metrics.clone());
        let retention = Retention::new(state, shelves, self.settings.retention, metrics);
        let every = self.settings.timing.retention;
        let (holdings, stop) = (self.fleet.holdings.clone(), self.fleet.stop.clone());
        self.fleet.spawn(upkeep::retention(retention, every, holdings, stop));
    }

    fn broadcasts(&mut self) {
        let (deps, settings) = (&self.deps, &self.settings);
        let filler = Filler::new(
            deps.state.clone(),
            deps.audience.clone(),
            deps.ledger.clone(),
            deps.clock.clone(),
            settings.instance.clone(),
            settings.timing.lease,
        );
        let (airs, metrics) = (deps.posted.airs(), deps.metrics.clone());
        self.fleet.spawn(broadcasts::fill(filler, airs, metrics, self.fleet.stop.clone()));
    }

    fn matchmakers(&mut self, pools: &[PoolId], numbers: &[u8]) {
        let rules = self.settings.rules.clone();
        let threads = Threads::new(self.settings.large_pool);
        for (pool, number) in pools.iter().zip(numbers) {
            let (deps, settings) = (&self.deps, &self.settings);
            let how = matchmaker::Settings {
                way_on: settings.pools.way_on(pool),
                news: matchmaker::Pace { give_up: settings.give_up, ..matchmaker::Pace::default() },
                ..matchmaker::Settings::new(rules.clone(), settings.timing.lease)
            };
            let (make, workers) = (deps.engine, Arc::clone(&threads));
            let engine = move || make(Arc::clone(&workers) as Arc<dyn Workers>);
            let matchmaker = Matchmaker::new(
                deps.state.clone(),
                deps.clock.clone(),
                how,
                pool.clone(),
                *number,
                settings.instance.clone(),
                Box::new(engine),
            )
            .pairing(Arc::clone(&threads) as Arc<dyn Pairing>);
            let leader = Leader {
                matchmaker,
                clock: deps.clock.clone(),
                posted: deps.posted.clone(),
                me: settings.instance.clone(),
                pools: pools.to_vec(),
                pools_at_once: settings.pools_at_once,
                interval: settings.batch_interval,
                rings: deps.state.pool_rings(),
                roster: self.roster.clone(),
                led: self.fleet.led.clone(),
                metrics: deps.metrics.clone(),
            };
            self.fleet.spawn(leader.run(self.fleet.stop.clone()));
        }
    }

    fn upkeep(&mut self) {
        let (state, metrics) = (self.deps.state.clone(), self.deps.metrics.clone());
        let (holdings, led) = (self.fleet.holdings.clone(), self.fleet.led.clone());
        let timing = self.settings.timing.clone();
        let stop = self.fleet.stop.clone();
        let (pools, bots) = (self.settings.pools.clone(), self.settings.bots.clone());
        let audit = Audit::new(state.clone(), pools, bots, self.settings.room_idle);
        self.fleet.spawn(upkeep::audit(
            audit,
            timing.audit,
            holdings.clone(),
            led.clone(),
            metrics.clone(),
            stop.clone(),
        ));
        self.fleet.spawn(upkeep::gauges(state, timing.gauges, holdings, led, metrics, stop));
    }
}
