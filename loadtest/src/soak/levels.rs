//! What must not grow.

use fred::prelude::{Client, ClientLike, Config, KeysInterface};
use fred::types::config::{Server, ServerConfig};
use fred::types::scan::ScanType;
use futures::StreamExt;
use serde::Serialize;

use crate::gauge::kernel::{descriptors, resident};
use crate::gauge::series::total;
use crate::run::Ground;

/// Every level at one moment.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Levels {
    /// Resident bytes of the largest instance.
    pub resident_bytes: f64,
    /// Open descriptors of the instance that has most.
    pub descriptors: f64,
    /// Connections to Redis over all instances.
    pub redis_connections: f64,
    /// Connections to the database over all instances.
    pub db_connections: f64,
    /// Entries that wait to be sent.
    pub outbox: f64,
    /// Age of the oldest fact that is not in the database, in seconds.
    pub journal_lag: f64,
    /// Keys of Redis but the id maps, which stay an hour.
    pub redis_keys: f64,
    /// Id maps that would stay for ever: their room is over and they have no time limit. Only counted at rest.
    pub timeless_ids: f64,
}

impl Levels {
    /// Reads them. `at_rest`: nobody talks any more.
    pub(super) async fn read(ground: &mut Ground, at_rest: bool) -> anyhow::Result<Self> {
        let mut levels = Self::default();
        for instance in &ground.fleet.instances {
            let pid = instance.pid();
            #[expect(clippy::cast_precision_loss, reason = "bytes and counts of one process")]
            let (bytes, open) = (resident(pid)? as f64, descriptors(pid)? as f64);
            levels.resident_bytes = levels.resident_bytes.max(bytes);
            levels.descriptors = levels.descriptors.max(open);
            // One that is just starting shows nothing yet.
            let Ok(page) = instance.metrics().await else { continue };
            levels.redis_connections += total(&page, "hamdam_redis_pool_connections", "");
            levels.db_connections += total(&page, "hamdam_db_pool_connections", "");
            levels.outbox += total(&page, "hamdam_outbox_entries", "");
            levels.journal_lag = levels.journal_lag.max(total(&page, "hamdam_journal_lag_seconds", ""));
        }
        for address in ground.fleet.store.addresses() {
            let (keys, timeless) = keys(&address, at_rest).await?;
            levels.redis_keys += keys;
            levels.timeless_ids += timeless;
        }
        Ok(levels)
    }
}

/// Keys that are no id maps, and id maps without a time limit.
async fn keys(address: &str, at_rest: bool) -> anyhow::Result<(f64, f64)> {
    let (host, port) = address.split_once(':').expect("an address has a port");
    let server = Server::new(host, port.parse()?);
    let config = Config { server: ServerConfig::Centralized { server }, ..Config::default() };
    let client = Client::new(config, None, None, None);
    client.init().await?;
    let (mut keys, mut timeless) = (0.0, 0.0);
    let mut scan = client.scan_buffered("*", Some(1_000), None::<ScanType>).boxed();
    while let Some(key) = scan.next().await {
        let key = key?;
        if !key.as_str_lossy().contains(":ids:") {
            keys += 1.0;
        } else if at_rest && client.ttl::<i64, _>(key).await? == -1 {
            timeless += 1.0;
        }
    }
    drop(scan);
    client.quit().await?;
    Ok((keys, timeless))
}

/// A level early and late.
#[derive(Clone, Debug, Serialize)]
pub struct Growth {
    /// Which.
    pub level: &'static str,
    /// The median of the second quarter of the readings.
    pub early: f64,
    /// The median of the last quarter.
    pub late: f64,
    /// By more than a fifth and the level's own slack.
    pub grew: bool,
}

type Get = fn(&Levels) -> f64;

/// Name, value, and what is no growth: a handful of connections, an allocator's breath.
const LEVELS: [(&str, Get, f64); 7] = [
    ("resident_bytes", |l| l.resident_bytes, 8e6),
    ("descriptors", |l| l.descriptors, 20.0),
    ("redis_connections", |l| l.redis_connections, 2.0),
    ("db_connections", |l| l.db_connections, 6.0),
    ("outbox", |l| l.outbox, 200.0),
    ("journal_lag", |l| l.journal_lag, 10.0),
    ("redis_keys", |l| l.redis_keys, 200.0),
];

impl Growth {
    /// Of every level.
    pub(super) fn of(levels: &[Levels]) -> Vec<Self> {
        let quarter = levels.len() / 4;
        let mut all: Vec<Self> = LEVELS
            .iter()
            .map(|(level, get, slack)| {
                let early = median(&levels[quarter..2 * quarter], *get);
                let late = median(&levels[levels.len() - quarter..], *get);
                Self { level, early, late, grew: late > early * 1.2 + slack }
            })
            .collect();
        let timeless = levels.last().map_or(0.0, |last| last.timeless_ids);
        all.push(Self { level: "timeless_ids", early: 0.0, late: timeless, grew: timeless > 0.0 });
        all
    }
}

fn median(levels: &[Levels], get: Get) -> f64 {
    let mut values: Vec<f64> = levels.iter().map(get).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(bytes: impl Fn(u32) -> f64) -> Vec<Levels> {
        (0..40).map(|n| Levels { resident_bytes: bytes(n), ..Levels::default() }).collect()
    }

    fn grew(levels: &[Levels], name: &str) -> bool {
        Growth::of(levels).iter().any(|growth| growth.level == name && growth.grew)
    }

    #[test]
    fn a_leak_is_growth_and_a_spike_is_none() {
        assert!(grew(&readings(|n| 30e6 + f64::from(n) * 1e6), "resident_bytes"));
        assert!(!grew(&readings(|n| if n % 10 == 0 { 90e6 } else { 30e6 }), "resident_bytes"));
        assert!(!grew(&readings(|n| 30e6 + f64::from(n) * 1e4), "resident_bytes"));
    }

    #[test]
    fn an_id_map_that_would_stay_for_ever_is_growth() {
        let mut levels = readings(|_| 30e6);
        levels.push(Levels { timeless_ids: 1.0, ..Levels::default() });
        assert!(grew(&levels, "timeless_ids"));
    }
}
