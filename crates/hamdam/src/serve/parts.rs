//! What an instance is made of. Tests, the demo and benches put in their own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use hamdam_archive::{Archive, ArchiveError};
use hamdam_bot::Voice;
use hamdam_domain::clock::{Clock, SystemClock};
use hamdam_domain::id::BotId;
use hamdam_fleet::metrics::Metrics;
use hamdam_state::State;
use hamdam_state::memory::MemoryState;
use hamdam_telegram::Client;
use hamdam_telegram::method::GetMe;

use crate::config::{Config, LiveState};

/// What an instance shares with others, and what it does its work with.
#[derive(Clone)]
pub struct Parts {
    /// Live state, shared by the fleet.
    pub state: Arc<dyn State>,
    /// The durable record, migrated.
    pub archive: Arc<Archive>,
    /// The way to Telegram.
    pub client: Client,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// What is counted and measured.
    pub metrics: Arc<Metrics>,
}

/// The bots' names are asked for at start; Telegram being away does not hold it up longer than this.
const NAMES: Duration = Duration::from_secs(3);

impl Parts {
    /// The parts the configuration names.
    pub async fn of(config: &Config) -> anyhow::Result<Self> {
        let metrics = Arc::new(Metrics::new());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let state = connect(config, &clock).await?;
        let archive = Archive::open(config.database.settings());
        prepare(&archive, config).await?;
        let client =
            config.telegram.client(&config.bots)?.with_longest_call(config.instance.timing.longest_call);
        Ok(Self { state, archive: Arc::new(archive), client, clock, metrics })
    }

    /// A voice that knows the bots' names, as far as Telegram tells them now. A refused token is said: nothing of
    /// that bot will work.
    pub(super) async fn voice(&self) -> Voice {
        let asked = self.client.tokens().bots().map(|bot| async move {
            let answer = tokio::time::timeout(NAMES, self.client.ask(bot, &GetMe {})).await;
            match answer {
                Ok(Ok(me)) => return me.username.map(|name| (BotId(bot), name)),
                Ok(Err(error)) => tracing::warn!(bot, %error, "Telegram does not say who this bot is"),
                Err(_) => tracing::warn!(bot, "Telegram does not say in time who this bot is"),
            }
            None
        });
        let names: HashMap<_, _> = futures::future::join_all(asked).await.into_iter().flatten().collect();
        Voice::new(names)
    }
}

async fn connect(config: &Config, clock: &Arc<dyn Clock>) -> anyhow::Result<Arc<dyn State>> {
    match &config.state {
        LiveState::Embedded => Ok(Arc::new(MemoryState::new(config.instance.shards, Arc::clone(clock)))),
        LiveState::Redis(_) => anyhow::bail!("this build has no Redis"),
    }
}

/// A process alone brings its database along; a fleet's is migrated by `hamdam migrate`, once and on purpose. A
/// database that is away does not keep an instance from starting: chats need none.
async fn prepare(archive: &Archive, config: &Config) -> anyhow::Result<()> {
    let address = &config.database.address;
    if matches!(config.state, LiveState::Embedded) {
        archive.migrate().await.with_context(|| address.to_string())?;
        return Ok(());
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
        Err(error) => Err(error).with_context(|| address.to_string()),
    }
}
