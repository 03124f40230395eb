//! Configuration: one module per section, every mistake told at once (design: outside surface).
//!
//! A command reads the sections it needs with `Section::read`, then calls [`Settings::finish`].

mod advice;
mod bots;
mod database;
mod haste;
mod http;
mod instance;
mod log;
mod matchmaking;
mod mistake;
mod people;
mod pools;
mod premium;
mod redis;
mod retention;
mod rules;
mod safety;
mod sending;
mod settings;
mod telegram;
mod trust;
mod url;
mod variables;
mod webhook;
mod words;

use hamdam_bot::Premium;

pub use bots::Bots;
pub use database::Database;
pub use http::Http;
pub use instance::Instance;
pub use log::{Log, LogFormat};
pub use matchmaking::Matchmaking;
pub use mistake::{Mistake, Mistakes};
pub use people::People;
pub use redis::{LiveState, Node};
pub use retention::Retention;
pub use safety::Safety;
pub use sending::Sending;
pub use settings::{Inputs, Settings};
pub use telegram::Telegram;
pub use variables::{Section, VARIABLES, Variable, flags};
pub use webhook::{WebhookAddress, WebhookSecrets};

/// How updates come in.
#[derive(Clone, Debug)]
pub enum Updates {
    /// Telegram pushes them, and is known by these.
    Pushed(WebhookSecrets),
    /// They are fetched from Telegram.
    Fetched {
        /// A webhook that is set is removed; else it is a reason not to start.
        removes_webhook: bool,
    },
}

/// Everything `serve` needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which bots, at least one.
    pub bots: Bots,
    /// Where Telegram is.
    pub telegram: Telegram,
    /// How updates come in.
    pub updates: Updates,
    /// Live state.
    pub state: LiveState,
    /// The durable record.
    pub database: Database,
    /// Who meets whom.
    pub matchmaking: Matchmaking,
    /// What people tell, and how long they wait.
    pub people: People,
    /// Who decides about reports.
    pub safety: Safety,
    /// What is sold.
    pub premium: Premium,
    /// How fast to send.
    pub sending: Sending,
    /// Where we listen.
    pub http: Http,
    /// What this instance does.
    pub instance: Instance,
    /// What is kept how long.
    pub retention: Retention,
    /// What is said about it all.
    pub log: Log,
    /// What an operator should know although it is no mistake.
    pub warnings: Vec<String>,
}

impl Config {
    /// Reads all sections. `embedded`: one process, live state in its memory.
    pub fn read(inputs: &Inputs, embedded: bool) -> Result<Self, Mistakes> {
        Self::gather(inputs, embedded, |settings| Updates::Pushed(WebhookSecrets::read(settings)))
    }

    /// The same for an instance that fetches its updates, which needs no secret for pushing.
    pub fn read_fetching(inputs: &Inputs, embedded: bool, removes_webhook: bool) -> Result<Self, Mistakes> {
        Self::gather(inputs, embedded, |_| Updates::Fetched { removes_webhook })
    }

    fn gather(
        inputs: &Inputs,
        embedded: bool,
        updates: impl FnOnce(&mut Settings) -> Updates,
    ) -> Result<Self, Mistakes> {
        let mut settings = Settings::gather(inputs);
        let instance = Instance::read(&mut settings);
        let mut config = Self {
            bots: Bots::read(&mut settings),
            telegram: Telegram::read(&mut settings),
            updates: updates(&mut settings),
            state: LiveState::read(&mut settings, embedded, instance.shards),
            database: Database::read(&mut settings),
            matchmaking: Matchmaking::read(&mut settings),
            people: People::read(&mut settings),
            safety: Safety::read(&mut settings),
            premium: premium::read(&mut settings),
            sending: Sending::read(&mut settings),
            http: Http::read(&mut settings),
            instance,
            retention: Retention::read(&mut settings),
            log: Log::read(&mut settings),
            warnings: settings.hints().to_vec(),
        };
        if let LiveState::Redis(redis) = &mut config.state {
            redis.not_again_for = config.matchmaking.rules.not_again_for;
        }
        if embedded && !config.database.further.is_empty() {
            settings.mistake(
                "MYSQL_SHARD_URLS",
                "is given together with --embedded",
                "Leave it out: one process alone needs one database.",
            );
        }
        config.warnings.extend(advice::of(&config));
        if !config.http.admin.ip().is_loopback() {
            config
                .warnings
                .push("ADMIN_LISTEN is not a loopback address; keep it away from the proxy".into());
        }
        settings.finish(config)
    }
}

impl Config {
    /// How we know Telegram, where it pushes updates.
    #[must_use]
    pub fn secrets(&self) -> Option<&WebhookSecrets> {
        match &self.updates {
            Updates::Pushed(secrets) => Some(secrets),
            Updates::Fetched { .. } => None,
        }
    }
}

/// Whether something is sold: what `bots setup` needs to know.
pub fn sells(settings: &mut Settings) -> bool {
    premium::read(settings).is_on()
}
