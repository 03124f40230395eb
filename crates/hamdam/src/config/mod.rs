//! Configuration: one module per section, every mistake told at once (design: outside surface).
//!
//! A command reads the sections it needs with `Section::read`, then calls [`Settings::finish`].

mod bots;
mod database;
mod http;
mod instance;
mod log;
mod matchmaking;
mod mistake;
mod people;
mod pools;
mod redis;
mod retention;
mod rules;
mod safety;
mod sending;
mod settings;
mod telegram;
mod url;
mod variables;
mod webhook;

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

/// Everything `serve` needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which bots, at least one.
    pub bots: Bots,
    /// Where Telegram is.
    pub telegram: Telegram,
    /// How we know Telegram.
    pub secrets: WebhookSecrets,
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
        let mut settings = Settings::gather(inputs);
        let instance = Instance::read(&mut settings);
        let mut config = Self {
            bots: Bots::read(&mut settings),
            telegram: Telegram::read(&mut settings),
            secrets: WebhookSecrets::read(&mut settings),
            state: LiveState::read(&mut settings, embedded, instance.shards),
            database: Database::read(&mut settings),
            matchmaking: Matchmaking::read(&mut settings),
            people: People::read(&mut settings),
            safety: Safety::read(&mut settings),
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
        config.warnings.extend(without_effect(&settings));
        if !config.http.admin.ip().is_loopback() {
            config
                .warnings
                .push("ADMIN_LISTEN is not a loopback address; keep it away from the proxy".into());
        }
        settings.finish(config)
    }
}

/// Settings that are accepted, for the whole table is, but that nothing acts upon yet.
fn without_effect(settings: &Settings) -> Option<String> {
    let given: Vec<_> = ["MYSQL_REPLICA_HOSTS", "BROADCAST_RATE_LIMIT", "RETENTION_DAYS", "SENTRY_DSN"]
        .into_iter()
        .filter(|name| settings.has(name))
        .collect();
    (!given.is_empty()).then(|| format!("{} has no effect in this version", given.join(", ")))
}
