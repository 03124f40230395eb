//! On which fleet a fault happens.

use std::time::Duration;

use hamdam_testbed::RedisOptions;
use hamdam_testbed::fleet::{Binaries, FleetOptions, StoreKind};
use serde::{Deserialize, Serialize};

use super::plan::Fault;

/// A kind of fleet. A plan's faults are gathered by it: each stage is started once, and judged by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// One Redis that flushes its file with every write, each instance on a wire of its own.
    Usual,
    /// One Redis that flushes its file every second.
    Everysec,
    /// A Redis Cluster of three masters with a replica each, `REDIS_WAIT_REPLICAS=0`.
    Cluster,
    /// A Redis Cluster of three masters with two replicas each, `REDIS_WAIT_REPLICAS=1`: when a master dies, the one that
    /// is promoted needs another to wait for.
    ClusterWaited,
    /// A master with a replica and three Sentinels, `REDIS_WAIT_REPLICAS=0`.
    Sentinels,
    /// A master with two replicas and three Sentinels, `REDIS_WAIT_REPLICAS=1`.
    SentinelsWaited,
    /// As usual, each instance with a wall clock of its own.
    Clocks,
}

impl Stage {
    /// How the fleet is started.
    pub(crate) fn options(self) -> anyhow::Result<FleetOptions> {
        let mut options = FleetOptions::new(Binaries::beside_this()?);
        let waits = ("REDIS_WAIT_REPLICAS".to_owned(), "1".to_owned());
        match self {
            Self::Usual => {
                // Its death loses nothing it answered for.
                options.redis = RedisOptions { appendonly: true, ..RedisOptions::default() };
                options.wires = true;
            }
            // That is how a testbed's Redis is started anyway.
            Self::Everysec => {}
            Self::Cluster => options.store = StoreKind::Cluster { replicas: 1 },
            Self::ClusterWaited => {
                options.store = StoreKind::Cluster { replicas: 2 };
                options.environment.push(waits);
            }
            Self::Sentinels => options.store = StoreKind::Sentinels { replicas: 1 },
            Self::SentinelsWaited => {
                options.store = StoreKind::Sentinels { replicas: 2 };
                options.environment.push(waits);
            }
            Self::Clocks => options.clocks = true,
        }
        Ok(options)
    }
}

impl Fault {
    /// The stage it needs.
    #[must_use]
    pub fn stage(self) -> Stage {
        match self {
            Self::RedisKillEverysec => Stage::Everysec,
            Self::ClusterMasterKill => Stage::Cluster,
            Self::ClusterMasterKillWaited => Stage::ClusterWaited,
            Self::SentinelFailover => Stage::Sentinels,
            Self::SentinelFailoverWaited => Stage::SentinelsWaited,
            Self::ClocksApart => Stage::Clocks,
            _ => Stage::Usual,
        }
    }

    /// Everything must be as before so soon after its end, or after the death of a master whose replica is promoted.
    pub(super) fn recovery(self) -> Duration {
        Duration::from_secs(match self.stage() {
            Stage::Cluster | Stage::ClusterWaited | Stage::Sentinels | Stage::SentinelsWaited => 15,
            Stage::Usual | Stage::Everysec | Stage::Clocks => 10,
        })
    }
}
