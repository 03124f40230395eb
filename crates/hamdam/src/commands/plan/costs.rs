//! What things cost: measured where we could, assumed where we could not, and each says which.

/// Where a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Basis {
    /// By our own load tool, at 3,000 messages a second on two cores (README: How much it bears).
    Measured,
    /// Documented elsewhere, or a guess that errs on the safe side.
    Assumed,
}

/// One of the numbers that a plan rests on.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct Cost {
    pub(super) name: &'static str,
    pub(super) value: f64,
    pub(super) unit: &'static str,
    pub(super) basis: Basis,
}

const fn measured(name: &'static str, value: f64, unit: &'static str) -> Cost {
    Cost { name, value, unit, basis: Basis::Measured }
}

const fn assumed(name: &'static str, value: f64, unit: &'static str) -> Cost {
    Cost { name, value, unit, basis: Basis::Assumed }
}

pub(super) const INSTANCE_CPU: Cost = measured("instances, a message", 130.0, "microseconds of a core");
pub(super) const REDIS_CPU: Cost = measured("Redis, a message", 100.0, "microseconds of a core");
pub(super) const REDIS_COMMANDS: Cost = measured("Redis, a message", 0.6, "commands");
pub(super) const NGINX_CPU: Cost = measured("nginx, a message", 39.0, "microseconds of a core");
pub(super) const DATABASE_CPU: Cost = measured("MariaDB, a message", 9.0, "microseconds of a core");
pub(super) const CHATTING: Cost = measured("Redis, a chatting session", 340.0, "bytes");
pub(super) const IDLE: Cost = measured("Redis, an idle session", 290.0, "bytes");

/// Of a core, so much is planned with: what is left takes rushes, deaths and rewrites.
pub(super) const BUSY: Cost = assumed("a core that is planned with", 0.6, "of it busy");
/// What Telegram documents for a token; `BOT_RATE_LIMIT=auto` learns what it really takes.
pub(super) const TOKEN: Cost = assumed("a token", 30.0, "messages a second");
/// An hour without the database must fit into Redis.
pub(super) const FACT: Cost = assumed("Redis, a fact that waits for the database", 250.0, "bytes");
pub(super) const WITHOUT_DATABASE: Cost = assumed("the database is away for", 3_600.0, "seconds");
/// Of the limit: above it the alert is raised (HamdamRedisMemoryHigh).
pub(super) const FULL: Cost = assumed("Redis, planned with", 0.5, "of its limit");
/// A rewrite forks.
pub(super) const FORK: Cost = assumed("a machine of Redis", 1.5, "times its limit");
/// Nights are quiet.
pub(super) const DAY: Cost = assumed("a day's mean", 0.4, "of the peak");
pub(super) const ROW: Cost = assumed("the database, a row with its indexes", 150.0, "bytes");
/// Webhook in and out, through the balancer, Redis, the call of the Bot API and its answer.
pub(super) const TRAFFIC: Cost = assumed("the network of a message, all ways together", 6_000.0, "bytes");

pub(super) const ALL: [Cost; 16] = [
    INSTANCE_CPU,
    REDIS_CPU,
    REDIS_COMMANDS,
    NGINX_CPU,
    DATABASE_CPU,
    CHATTING,
    IDLE,
    BUSY,
    TOKEN,
    FACT,
    WITHOUT_DATABASE,
    FULL,
    FORK,
    DAY,
    ROW,
    TRAFFIC,
];
