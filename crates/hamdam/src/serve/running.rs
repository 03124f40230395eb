//! An instance at work, from its start to the end of its draining.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use hamdam_domain::engine::Matcher;
use hamdam_domain::id::{BotId, InstanceId};
use hamdam_fleet::intake::Intake;
use hamdam_fleet::run::{Deps, Fleet, Settings};
use hamdam_state::step::instance::Meta;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::checkup::Examiner;
use super::parts::Parts;
use crate::config::{Config, LiveState};
use crate::http::{self, Checkup, Door, Limits, Listening, listen};

/// Version of what is stored in live state.
const STATE_VERSION: u32 = 1;

/// A load balancer has taken the hint when no request came for so long.
const QUIET: Duration = Duration::from_secs(1);

/// A running instance. Dropping it is its death; [`Running::drain`] is its good end.
pub struct Running {
    public: Listening,
    admin: Listening,
    door: Option<Arc<Door>>,
    examiner: Arc<Examiner>,
    fleet: Fleet,
    parts: Parts,
    limit: Duration,
}

/// Starts an instance. It serves when this answers.
pub async fn start(config: &Config, parts: Parts) -> anyhow::Result<Running> {
    parts.metrics.begin(config.bots.ids());
    let public = bind("LISTEN", config.http.listen).await?;
    let admin = bind("ADMIN_LISTEN", config.http.admin).await?;
    parts.state.join(&Meta { shards: config.instance.shards, version: STATE_VERSION }).await?;
    let roles = config.instance.roles;
    let examiner = Arc::new(Examiner {
        state: Arc::clone(&parts.state),
        archive: Arc::clone(&parts.archive),
        embedded: matches!(config.state, LiveState::Embedded),
        draining: AtomicBool::new(false),
    });
    let door = if roles.webhook { Some(Arc::new(door(config, &parts).await?)) } else { None };
    let checkup = Arc::clone(&examiner) as Arc<dyn Checkup>;
    let router = match &door {
        Some(door) => http::public(Arc::clone(door), checkup),
        None => http::health(checkup),
    };
    let public = listen(public, router)?;
    let loops = Settings { address: public.address.to_string(), ..settings(config) };
    let fleet = Fleet::start(loops, deps(&parts).await).await?;
    let gauges = parts.clone();
    let admin = listen(admin, http::admin(Arc::clone(&parts.metrics), move || gauges.read_gauges()))?;
    Ok(Running { public, admin, door, examiner, fleet, parts, limit: config.instance.drain })
}

/// What the configuration says about the loops. The address is where the listener came to listen.
fn settings(config: &Config) -> Settings {
    Settings {
        instance: InstanceId(format!("{:016x}", SmallRng::from_os_rng().random::<u64>())),
        roles: config.instance.roles,
        address: config.http.listen.to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pools: config.matchmaking.pools.clone(),
        pools_at_once: config.matchmaking.pools_at_once,
        large_pool: config.matchmaking.large_pool,
        batch_interval: config.matchmaking.interval,
        rules: config.matchmaking.rules.clone(),
        give_up: config.people.give_up,
        bot_rate: config.sending.bot_rate,
        chat_rate: config.sending.chat_rate,
        room_idle: config.retention.room_idle,
        timing: config.instance.timing.clone(),
    }
}

async fn deps(parts: &Parts) -> Deps {
    Deps {
        state: parts.state.clone(),
        api: Arc::new(parts.client.clone()),
        ledger: parts.archive.clone(),
        voice: Arc::new(parts.voice().await),
        clock: parts.clock.clone(),
        metrics: parts.metrics.clone(),
        engine: |workers| Box::new(Matcher::with(workers)),
    }
}

async fn bind(name: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} ({name})"))
}

async fn door(config: &Config, parts: &Parts) -> anyhow::Result<Door> {
    let mut eras = HashMap::new();
    for bot in config.bots.ids() {
        eras.insert(bot, parts.state.era(bot, &config.telegram.api_url).await?);
    }
    let bots: Vec<BotId> = eras.keys().copied().collect();
    let (state, archive, metrics) = (parts.state.clone(), parts.archive.clone(), parts.metrics.clone());
    let settings = hamdam_bot::Settings {
        pools: config.matchmaking.pools.clone(),
        required: config.people.required,
        adults_only: config.people.adults_only,
        moderators: config.safety.moderators.clone(),
        keep_evidence: config.safety.keep_evidence,
        policies: config.people.policies,
        invites: config.people.invites.clone(),
        ..hamdam_bot::Settings::default()
    };
    let intake = Intake::new(state, archive, eras, settings, metrics);
    let metrics = Arc::clone(&parts.metrics);
    Ok(Door::new(bots, &config.secrets, Limits::default(), Arc::new(intake), metrics))
}

impl Running {
    /// Where updates come in.
    pub fn address(&self) -> SocketAddr {
        self.public.address
    }

    /// Where metrics are served.
    pub fn admin_address(&self) -> SocketAddr {
        self.admin.address
    }

    /// Waits until a part of the instance has broken down, which none should: it is of no use any more then.
    pub async fn failed(&self) {
        self.fleet.failed().await;
    }

    /// Ends well: says "draining" to load balancers and answers until they send nothing more, closes the door,
    /// hands over what it leads, and waits for calls under way; all within `DRAIN_SECONDS`. The webhook's
    /// registration stays as it is: the rest of the fleet goes on.
    pub async fn drain(self) {
        let deadline = Instant::now() + self.limit;
        self.examiner.draining.store(true, Ordering::Release);
        // A third of the time at most: some load balancers notice only a closed door.
        let _ = timeout(self.limit / 3, self.quiet()).await;
        let answered = timeout_at(deadline, self.public.stop()).await.is_ok();
        let handed_over = self.fleet.drain(deadline.saturating_duration_since(Instant::now())).await;
        self.admin.stop().await;
        self.parts.close().await;
        if answered && handed_over {
            tracing::info!("drained");
        } else {
            let seconds = self.limit.as_secs();
            tracing::warn!(
                seconds,
                answered,
                handed_over,
                "not drained in time (DRAIN_SECONDS); others take over"
            );
        }
    }

    /// Waits until no request came for a while.
    async fn quiet(&self) {
        let Some(door) = &self.door else { return };
        let mut before = door.knocks();
        loop {
            sleep(QUIET).await;
            let now = door.knocks();
            if now == before {
                return;
            }
            before = now;
        }
    }
}
