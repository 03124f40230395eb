//! What an instance is made of. Tests, the demo and benches put in their own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use hamdam_archive::{Archive, ArchiveError, QueryObserver};
use hamdam_domain::clock::{Clock, SystemClock};
use hamdam_domain::id::BotId;
use hamdam_fleet::metrics::Metrics;
use hamdam_fleet::posted::Posted;
use hamdam_state::State;
use hamdam_state::memory::MemoryState;
use hamdam_state::redis::{RedisSettings, RedisState};
use hamdam_telegram::Client;
use hamdam_telegram::method::GetMe;

use super::steps;
use crate::config::{Config, LiveState, Telegram};

/// What an instance shares with others, and what it does its work with.
#[derive(Clone)]
pub struct Parts {
    /// Live state, shared by the fleet.
    pub state: Arc<dyn State>,
    /// The same, if it is in Redis.
    pub redis: Option<Arc<RedisState>>,
    /// The durable record, migrated.
    pub archive: Arc<Archive>,
    /// The way to Telegram.
    pub client: Client,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// What is counted and measured.
    pub metrics: Arc<Metrics>,
    /// What operators put up.
    pub posted: Arc<Posted>,
}

/// The bots' names are asked for at start; Telegram being away does not hold it up longer than this.
const NAMES: Duration = Duration::from_secs(3);

impl Parts {
    /// The parts the configuration names.
    pub async fn of(config: &Config) -> anyhow::Result<Self> {
        Self::measured(config, Arc::default()).await
    }

    /// The same, with metrics in which something else counts, too.
    pub async fn measured(config: &Config, metrics: Arc<Metrics>) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let redis = match &config.state {
            LiveState::Embedded => None,
            LiveState::Redis(settings) => Some(Arc::new(connect(settings, &metrics).await?)),
        };
        let state: Arc<dyn State> = if let Some(redis) = &redis {
            Arc::clone(redis) as Arc<dyn State>
        } else {
            let builder = MemoryState::builder(config.instance.shards, Arc::clone(&clock));
            Arc::new(builder.not_again_for(config.matchmaking.rules.not_again_for).build())
        };
        let observer: Arc<dyn QueryObserver> = Arc::new(Watch(Arc::clone(&metrics)));
        let archive = Archive::open(hamdam_archive::Settings {
            observer: Some(observer),
            ..config.database.settings()
        });
        prepare(&archive, config).await?;
        let client = config.telegram.client(&config.bots)?;
        let client = client.with_longest_call(config.instance.timing.longest_call);
        Ok(Self { state, redis, archive: Arc::new(archive), client, clock, metrics, posted: Arc::default() })
    }

    /// The names of bots, as far as Telegram tells them now. A refused token is said: nothing of that bot will work.
    pub(super) async fn names(&self, bots: impl IntoIterator<Item = BotId>) -> HashMap<BotId, String> {
        let asked = bots.into_iter().map(|bot| async move {
            match tokio::time::timeout(NAMES, self.client.ask(bot.0, &GetMe {})).await {
                Ok(Ok(me)) => return me.username.map(|name| (bot, name)),
                Ok(Err(error)) => {
                    tracing::warn!(bot = bot.0, %error, "Telegram does not say who this bot is");
                }
                Err(_) => tracing::warn!(bot = bot.0, "Telegram does not say in time who this bot is"),
            }
            None
        });
        futures::future::join_all(asked).await.into_iter().flatten().collect()
    }

    /// The eras of bots, by the server they are used with.
    pub(super) async fn eras(
        &self,
        telegram: &Telegram,
        bots: impl IntoIterator<Item = BotId>,
    ) -> hamdam_state::Result<HashMap<BotId, u16>> {
        let mut eras = HashMap::new();
        for bot in bots {
            eras.insert(bot, self.state.era(bot, &telegram.api_url).await?);
        }
        Ok(eras)
    }

    /// Reads the gauges of connections; called whenever the metrics are asked for.
    pub(super) fn read_gauges(&self) {
        let gauge = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        if let Some(redis) = &self.redis {
            self.metrics.redis_pool_connections.set(gauge(redis.connections()));
        }
        let connections = self.archive.connections();
        for (state, count) in
            [("busy", connections.busy), ("idle", connections.idle), ("overflow", connections.overflow)]
        {
            self.metrics.db_pool_connections.with_label_values(&[state]).set(i64::from(count));
        }
        let lags = &self.metrics.db_replica_lag_seconds;
        for replica in self.archive.replicas() {
            match replica.lag {
                Some(lag) => lags.with_label_values(&[&replica.name]).set(lag.as_secs_f64()),
                // There may be no series to remove.
                None => drop(lags.remove_label_values(&[&replica.name])),
            }
        }
    }

    /// Closes what is open.
    pub(super) async fn close(&self) {
        self.archive.close().await;
        if let Some(redis) = &self.redis {
            redis.close().await;
        }
    }
}

async fn connect(settings: &RedisSettings, metrics: &Arc<Metrics>) -> anyhow::Result<RedisState> {
    let metrics = Arc::clone(metrics);
    let observer = move |step, took| {
        steps::note();
        metrics.observe_step(step, took);
    };
    let settings = RedisSettings { observer: Some(Arc::new(observer)), ..settings.clone() };
    // Its future is large, and a start is rare.
    let connecting = Box::pin(RedisState::connect(&settings));
    connecting.await.with_context(|| format!("no Redis at {:?}", settings.servers))
}

/// Hears of every query.
struct Watch(Arc<Metrics>);

impl QueryObserver for Watch {
    fn observed(&self, query: &'static str, took: Duration) {
        self.0.observe_query(query, took);
    }
}

/// A process alone brings its database along; a fleet's is migrated by `hamdam migrate`, once and on purpose. A
/// database that is away does not keep an instance from starting: chats need none.
async fn prepare(archive: &Archive, config: &Config) -> anyhow::Result<()> {
    let address = config.database.addresses();
    if matches!(config.state, LiveState::Embedded) {
        archive.migrate().await.context(address)?;
        return Ok(());
    }
    // What cannot be told now is looked at before the first fact is written.
    if let Err(error @ ArchiveError::Misplaced { .. }) = archive.check_places().await {
        return Err(error.into());
    }
    match archive.schema().await {
        Ok(schema) if schema.suffices() => Ok(()),
        Ok(schema) => anyhow::bail!(
            "{address} has schema {}, this version needs {}; run `hamdam migrate`",
            schema.applied,
            schema.carried
        ),
        Err(error @ ArchiveError::Unavailable { .. }) => {
            tracing::warn!(%error, %address, "the database is away; facts wait in the journal");
            Ok(())
        }
        Err(error) => Err(error).context(address),
    }
}
