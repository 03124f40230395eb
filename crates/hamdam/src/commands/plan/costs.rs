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

/// What a thing takes of one part: each message, and each stay beside its messages. Somebody who comes searches, meets
/// people, and leaves; a stay is what the profiles have of that, four minutes on average.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cpu {
    pub(super) message: Cost,
    pub(super) stay: Cost,
}

const fn cpu(message: (&'static str, f64), stay: (&'static str, f64)) -> Cpu {
    let unit = "microseconds of a core";
    Cpu { message: measured(message.0, message.1, unit), stay: measured(stay.0, stay.1, unit) }
}

// A message: `./dev bench relay`, in which nobody comes or goes. A stay: what `./dev loadtest profile 50k` takes above that,
// twelve messages a stay.
pub(super) const INSTANCES: Cpu = cpu(("instances, a message", 130.0), ("instances, a stay", 1_210.0));
pub(super) const REDIS: Cpu = cpu(("Redis, a message", 100.0), ("Redis, a stay", 1_260.0));
pub(super) const NGINX: Cpu = cpu(("nginx, a message", 39.0), ("nginx, a stay", 120.0));
pub(super) const DATABASE: Cpu = cpu(("MariaDB, a message", 9.0), ("MariaDB, a stay", 36.0));
pub(super) const REDIS_COMMANDS: Cost = measured("Redis, a message", 0.6, "commands");
pub(super) const CHATTING: Cost = measured("Redis, a chatting session", 380.0, "bytes");
pub(super) const IDLE: Cost = measured("Redis, an idle session", 290.0, "bytes");

/// As in the profiles.
pub(super) const STAY: Cost = assumed("somebody stays", 240.0, "seconds");
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

pub(super) const ALL: [Cost; 21] = [
    INSTANCES.message,
    INSTANCES.stay,
    REDIS.message,
    REDIS.stay,
    REDIS_COMMANDS,
    NGINX.message,
    NGINX.stay,
    DATABASE.message,
    DATABASE.stay,
    STAY,
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
