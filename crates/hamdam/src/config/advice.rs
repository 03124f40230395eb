//! Values that are honoured and that somebody may not mean: most come from files written for another system, in which an
//! instance needed hundreds of connections and a batch was ten pairs.

use std::time::Duration;

use hamdam_state::redis::RedisServers;

use super::{Config, LiveState};

/// More connections than this are more than an instance ever used: six at the peak, with 50,000 people
/// (`./dev loadtest profile 50k`).
const MANY_CONNECTIONS: u32 = 50;
/// Below this a batch can be what people wait for.
const FEW_PAIRS: usize = 100;
/// Above this whoever finds nobody at once feels it.
const LONG_INTERVAL: Duration = Duration::from_secs(1);

/// One to each master of a Cluster, and one for rings.
fn needed(servers: &RedisServers) -> usize {
    match servers {
        RedisServers::Cluster { nodes } => nodes.len() + 1,
        RedisServers::Single { .. } | RedisServers::Sentinel { .. } => 2,
    }
}

/// A line for each such value: what it does, and what is advised.
pub(super) fn of(config: &Config) -> Vec<String> {
    let mut lines = Vec::new();
    let database = &config.database;
    for (name, value, advised) in
        [("DB_POOL_SIZE", database.pool_size, 10), ("DB_MAX_OVERFLOW", database.max_overflow, 5)]
    {
        if value > MANY_CONNECTIONS {
            lines.push(format!(
                "{name}={value}: each instance may hold {value} connections to the database, and needs fewer than ten; \
                 {advised} is advised"
            ));
        }
    }
    if let LiveState::Redis(redis) = &config.state
        && redis.max_connections > (MANY_CONNECTIONS as usize).max(needed(&redis.servers))
    {
        lines.push(format!(
            "REDIS_MAX_CONNECTIONS={}: commands share connections, so an instance needs a handful; 16 is advised",
            redis.max_connections
        ));
    }
    let (matchmaking, rules) = (&config.matchmaking, &config.matchmaking.rules);
    if rules.batch_size < FEW_PAIRS {
        lines.push(format!(
            "MATCHMAKING_WORKER_BATCH_SIZE={}: a pool makes at most {} pairs a batch, so in a crowd people wait for their \
             turn; 5000 is advised",
            rules.batch_size, rules.batch_size
        ));
    }
    if matchmaking.interval > LONG_INTERVAL {
        lines.push(format!(
            "MATCHMAKING_WORKER_INTERVAL={}: wishes that give way with time do so up to that many seconds late; 0.2 is \
             advised",
            matchmaking.interval.as_secs_f64()
        ));
    }
    lines
}
