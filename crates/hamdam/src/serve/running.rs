//! An instance at work, from its start to the end of its draining.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use hamdam_archive::Archive;
use hamdam_bot::{Kept, Voice};
use hamdam_domain::engine::Matcher;
use hamdam_domain::id::InstanceId;
use hamdam_fleet::bots::Bots;
use hamdam_fleet::intake::{Intake, Till};
use hamdam_fleet::run::{Deps, Fleet, Settings};
use hamdam_state::step::instance::Meta;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::checkup::Examiner;
use super::parts::Parts;
use super::poll::{self, Poller};
use crate::config::{self, Config, LiveState, Updates};
use crate::http::{self, Checkup, Door, Inbox, Limits, Listening, listen};

/// Version of what is stored in live state.
const STATE_VERSION: u32 = 1;

/// A load balancer has taken the hint when no request came for so long.
const QUIET: Duration = Duration::from_secs(1);

/// How far apart beats are: a replica's lag is known as exactly as that.
const BETWEEN_BEATS: Duration = Duration::from_secs(1);

/// A running instance. Dropping it is its death; [`Running::drain`] is its good end.
pub struct Running {
    public: Listening,
    admin: Listening,
    door: Option<Arc<Door>>,
    poller: Option<Poller>,
    examiner: Arc<Examiner>,
    fleet: Fleet,
    parts: Parts,
    bots: Arc<Bots>,
    voice: Arc<Voice>,
    limit: Duration,
    /// Ends with this.
    _replicas: JoinSet<()>,
}

/// The name of an instance in live state, which no other has or had.
#[must_use]
pub fn name() -> InstanceId {
    InstanceId(format!("{:016x}", SmallRng::from_os_rng().random::<u64>()))
}

/// Starts an instance of this name. It serves when this answers.
pub async fn start(config: &Config, parts: Parts, instance: InstanceId) -> anyhow::Result<Running> {
    parts.metrics.begin(config.bots.ids());
    let public = bind("LISTEN", config.http.listen).await?;
    let admin = bind("ADMIN_LISTEN", config.http.admin).await?;
    parts.state.join(&Meta { shards: config.instance.shards, version: STATE_VERSION }).await?;
    // An instance that comes while the fleet is closed is closed from its first update on.
    parts.posted.look(&*parts.state, &parts.metrics).await?;
    let roles = config.instance.roles;
    let examiner = Arc::new(Examiner {
        state: Arc::clone(&parts.state),
        archive: Arc::clone(&parts.archive),
        embedded: matches!(config.state, LiveState::Embedded),
        draining: AtomicBool::new(false),
    });
    let bots = Arc::new(Bots::new(parts.eras(&config.telegram, config.bots.ids()).await?));
    if let Updates::Fetched { removes_webhook } = config.updates {
        poll::make_way(&parts.client, &bots.ids(), removes_webhook).await?;
    }
    let inbox = roles.webhook.then(|| Arc::new(intake(config, &parts, &bots)) as Arc<dyn Inbox>);
    let door = match (&inbox, &config.updates) {
        (Some(inbox), Updates::Pushed(secrets)) => {
            let (inbox, metrics) = (Arc::clone(inbox), Arc::clone(&parts.metrics));
            Some(Arc::new(Door::new(bots.ids(), secrets, Limits::default(), inbox, metrics)))
        }
        _ => None,
    };
    let checkup = Arc::clone(&examiner) as Arc<dyn Checkup>;
    let router = match &door {
        Some(door) => http::public(Arc::clone(door), checkup),
        None => http::health(checkup),
    };
    let public = listen(public, router)?;
    let kept = Kept { days: config.retention.days, evidence: config.safety.keep_evidence };
    let voice = Arc::new(Voice::new(parts.names(config.bots.ids()).await).telling(kept));
    let loops = Settings { address: public.address.to_string(), ..settings(config, &bots, instance.clone()) };
    let fleet = Fleet::start(loops, deps(&parts, &voice)).await?;
    let gauges = parts.clone();
    let admin = listen(admin, http::admin(Arc::clone(&parts.metrics), move || gauges.read_gauges()))?;
    let poller = match (&inbox, &config.updates) {
        (Some(inbox), Updates::Fetched { .. }) => Some(Poller::start(&parts.client, &bots.ids(), inbox)),
        _ => None,
    };
    let mut replicas = JoinSet::new();
    replicas.spawn(look_at_replicas(Arc::clone(&parts.archive)));
    let limit = config.instance.drain;
    Ok(Running {
        public,
        admin,
        door,
        poller,
        examiner,
        fleet,
        parts,
        bots,
        voice,
        limit,
        _replicas: replicas,
    })
}

/// Again and again for as long as the instance runs. What is wrong with a replica is seen in the metrics.
async fn look_at_replicas(archive: Arc<Archive>) {
    while !archive.replicas().is_empty() {
        if let Err(error) = archive.look_at_replicas().await {
            tracing::debug!(%error, "the primary takes no beat, so replicas stay as they stood");
        }
        sleep(BETWEEN_BEATS).await;
    }
}

/// What the configuration says about the loops. The address is where the listener came to listen.
fn settings(config: &Config, bots: &Arc<Bots>, instance: InstanceId) -> Settings {
    Settings {
        instance,
        roles: config.instance.roles,
        address: config.http.listen.to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        bots: Arc::clone(bots),
        pools: config.matchmaking.pools.clone(),
        pools_at_once: config.matchmaking.pools_at_once,
        large_pool: config.matchmaking.large_pool,
        batch_interval: config.matchmaking.interval,
        rules: config.matchmaking.rules.clone(),
        give_up: config.people.give_up,
        bot_rate: config.sending.bot_rate,
        broadcast_rate: config.sending.broadcast_rate,
        chat_rate: config.sending.chat_rate,
        room_idle: config.retention.room_idle,
        retention: config.retention.kept(),
        pseudonyms: config.database.pseudonyms.clone(),
        timing: config.instance.timing.clone(),
    }
}

fn deps(parts: &Parts, voice: &Arc<Voice>) -> Deps {
    Deps {
        state: parts.state.clone(),
        api: Arc::new(parts.client.clone()),
        ledger: parts.archive.clone(),
        shelves: parts.archive.clone(),
        dossiers: parts.archive.clone(),
        forgetting: parts.archive.clone(),
        audience: parts.archive.clone(),
        voice: Arc::clone(voice),
        posted: parts.posted.clone(),
        clock: parts.clock.clone(),
        metrics: parts.metrics.clone(),
        engine: |workers| Box::new(Matcher::with(workers)),
    }
}

async fn bind(name: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} ({name})"))
}

fn intake(config: &Config, parts: &Parts, bots: &Arc<Bots>) -> Intake {
    let (state, archive, metrics) = (parts.state.clone(), parts.archive.clone(), parts.metrics.clone());
    let settings = hamdam_bot::Settings {
        pools: config.matchmaking.pools.clone(),
        required: config.people.required,
        adults_only: config.people.adults_only,
        moderators: config.safety.moderators.clone(),
        keep_evidence: config.safety.keep_evidence,
        trust: config.safety.trust,
        haste: config.safety.haste,
        texts: config.people.texts.clone(),
        words: config.safety.words.clone(),
        repeats: config.safety.repeats,
        channel: config.people.channel.clone(),
        policies: config.people.policies,
        invites: config.people.invites.clone(),
        pseudonyms: config.database.pseudonyms.clone(),
        premium: config.premium.clone(),
        // Whom one meets there must be whom one would have met here.
        busy_from: config.sending.busy_from.filter(|_| config.matchmaking.rules.across_bots),
        ..hamdam_bot::Settings::default()
    };
    // It names no bot, so it need not wait for names.
    let till = Till::new(Arc::new(parts.client.clone()), Voice::default());
    let intake = Intake::new(state, archive.clone(), Arc::clone(bots), settings, metrics);
    let intake = intake.asking(Arc::new(parts.client.clone())).heeding(Arc::clone(&parts.posted));
    intake.with_desk(archive).with_till(till)
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
        let fetching = async {
            match &self.poller {
                Some(poller) => poller.failed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.fleet.failed() => {}
            () = fetching => {}
        }
    }

    /// Works for these bots from now on, and for no others, without disturbing what is under way. After an error it
    /// goes on with those it had.
    pub async fn work_for(&self, config: &Config, bots: config::Bots) -> anyhow::Result<()> {
        let Parts { client, metrics, .. } = &self.parts;
        let before = self.bots.ids();
        let eras = self.parts.eras(&config.telegram, bots.ids()).await?;
        let new: Vec<_> = bots.ids().filter(|bot| !before.contains(bot)).collect();
        if let Updates::Fetched { removes_webhook } = config.updates {
            poll::make_way(&config.telegram.client(&bots)?, &new, removes_webhook).await?;
        }
        metrics.begin(new.iter().copied());
        client.speak_for(bots.tokens);
        self.bots.change(eras);
        if let Some(door) = &self.door {
            door.open_to(self.bots.ids());
        }
        if let Some(poller) = &self.poller {
            poller.fetch_for(&self.bots.ids());
        }
        let left: Vec<_> = before.into_iter().filter(|bot| self.bots.has_left(*bot)).collect();
        tracing::info!(?new, ?left, bots = self.bots.ids().len(), "works for other bots from now on");
        self.voice.learn(self.parts.names(new).await);
        Ok(())
    }

    /// Ends well: says "draining" to load balancers and answers until they send nothing more, closes the door,
    /// hands over what it leads, and waits for calls under way; all within `DRAIN_SECONDS`. The webhook's
    /// registration stays as it is: the rest of the fleet goes on.
    pub async fn drain(self) {
        let deadline = Instant::now() + self.limit;
        self.examiner.draining.store(true, Ordering::Release);
        if let Some(poller) = self.poller {
            let _ = timeout(self.limit / 3, poller.stop()).await;
        }
        // A third of the time at most: some load balancers notice only a closed door.
        let _ = timeout(self.limit / 3, quiet(self.door.as_deref())).await;
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
}

/// Waits until no request came for a while.
async fn quiet(door: Option<&Door>) {
    let Some(door) = door else { return };
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
