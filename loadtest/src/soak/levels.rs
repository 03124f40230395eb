//! What must not grow.

use std::collections::BTreeMap;

use anyhow::Context;
use fred::prelude::ClientLike;
use fred::types::InfoKind;
use serde::Serialize;

use super::stock::Stock;
use crate::gauge::kernel::{descriptors, resident};
use crate::gauge::parts::{Part, server_status};
use crate::gauge::series::total;
use crate::gauge::store::{connect, info};
use crate::run::Ground;

/// A process at one moment.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Process {
    /// Resident bytes.
    pub resident_bytes: f64,
    /// Open descriptors.
    pub descriptors: f64,
}

/// Every level at one moment.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Levels {
    /// The instances by process id: one that was started again begins anew.
    pub instances: BTreeMap<u32, Process>,
    /// Open descriptors of the balancer and its workers.
    pub balancer_descriptors: f64,
    /// Connections to Redis that the instances know of.
    pub redis_connections: f64,
    /// Clients that Redis knows of.
    pub redis_clients: f64,
    /// Connections to the database that the instances know of.
    pub db_connections: f64,
    /// Clients that the database knows of.
    pub db_clients: f64,
    /// Entries that wait to be sent.
    pub outbox: f64,
    /// Age of the oldest fact that is not in the database, in seconds.
    pub journal_lag: f64,
    /// `used_memory` of Redis without what ends by itself in an hour or a day.
    pub redis_bytes: f64,
    /// What lies in Redis.
    pub stock: Stock,
}

impl Levels {
    /// Reads them. `at_rest`: nobody talks any more.
    pub(super) async fn read(ground: &mut Ground, at_rest: bool) -> anyhow::Result<Self> {
        let mut levels = Self::default();
        for instance in &ground.fleet.instances {
            let pid = instance.pid();
            levels.instances.insert(pid, process(pid)?);
            // One that is just starting shows nothing yet.
            let Ok(page) = instance.metrics().await else { continue };
            levels.redis_connections += total(&page, "hamdam_redis_pool_connections", "");
            levels.db_connections += total(&page, "hamdam_db_pool_connections", "");
            levels.outbox += total(&page, "hamdam_outbox_entries", "");
            levels.journal_lag = levels.journal_lag.max(total(&page, "hamdam_journal_lag_seconds", ""));
        }
        for pid in Part::Balancer.pids(&mut ground.fleet)? {
            // A worker of before a reload ends when it likes.
            levels.balancer_descriptors += process(pid).map_or(0.0, |process| process.descriptors);
        }
        levels.db_clients = as_level(server_status(&ground.fleet, "Threads_connected").await?);
        let addresses = ground.fleet.store.addresses();
        levels.stock = Stock::take(&addresses, at_rest).await?;
        let mut used = 0;
        for address in addresses {
            let client = connect(&address).await?;
            used += info(&client, InfoKind::Memory, "used_memory").await?;
            levels.redis_clients += as_level(info(&client, InfoKind::Clients, "connected_clients").await?);
            client.quit().await?;
        }
        levels.redis_bytes = as_level(used.saturating_sub(levels.stock.timed_bytes()));
        Ok(levels)
    }
}

fn process(pid: u32) -> anyhow::Result<Process> {
    let open = u64::try_from(descriptors(pid)?).context("descriptors are countable")?;
    Ok(Process { resident_bytes: as_level(resident(pid)?), descriptors: as_level(open) })
}

#[expect(clippy::cast_precision_loss, reason = "bytes and counts of one machine")]
fn as_level(number: u64) -> f64 {
    number as f64
}
