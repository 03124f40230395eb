//! What every part of a fleet used, read at one moment.

use std::time::Duration;

use anyhow::Context;
use hamdam_testbed::fleet::Fleet;
use serde::Serialize;

use super::kernel::{cpu, resident};

/// A part of the fleet and the machine it shares with the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    /// All instances together.
    Instances,
    /// The balancer and its workers.
    Balancer,
    /// Every node.
    Redis,
    /// The database.
    Mariadb,
    /// The simulator, its users and the oracle.
    Simulator,
}

impl Part {
    /// Every part, in the order a message travels.
    pub(crate) const ALL: [Self; 5] =
        [Self::Balancer, Self::Instances, Self::Redis, Self::Mariadb, Self::Simulator];

    /// Its place in [`Part::ALL`].
    pub(crate) fn index(self) -> usize {
        Self::ALL.iter().position(|known| *known == self).expect("every part is among all")
    }

    /// As tables and files name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Instances => "instances",
            Self::Balancer => "balancer",
            Self::Redis => "redis",
            Self::Mariadb => "mariadb",
            Self::Simulator => "simulator",
        }
    }

    /// Its processes. One that is being started again is not among them.
    pub(crate) fn pids(self, fleet: &mut Fleet) -> anyhow::Result<Vec<u32>> {
        Ok(match self {
            Self::Instances => fleet.instances.iter().map(hamdam_testbed::fleet::Instance::pid).collect(),
            Self::Balancer => {
                let main = fleet.balancer.process();
                let mut pids = main.children()?;
                pids.push(main.pid());
                pids
            }
            Self::Redis => fleet.store.pids(),
            Self::Mariadb => vec![fleet.mariadb.process().pid()],
            Self::Simulator => vec![fleet.simulator.pid()],
        })
    }
}

/// What a part used so far, and what it holds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Used {
    /// CPU time since its processes began.
    pub(crate) cpu: Duration,
    /// Resident memory in bytes.
    pub(crate) resident: u64,
}

/// What all parts used, in the order of [`Part::ALL`].
pub(crate) fn read(fleet: &mut Fleet) -> anyhow::Result<[Used; 5]> {
    let mut all = [Used::default(); 5];
    for (used, part) in all.iter_mut().zip(Part::ALL) {
        for pid in part.pids(fleet)? {
            used.cpu += cpu(pid)?;
            used.resident += resident(pid)?;
        }
    }
    Ok(all)
}

/// Statements the server has taken from its clients. This question is one of them, each time.
pub(crate) async fn statements(fleet: &Fleet) -> anyhow::Result<u64> {
    server_status(fleet, "Questions").await
}

/// A number of MariaDB's own status.
pub(crate) async fn server_status(fleet: &Fleet, name: &str) -> anyhow::Result<u64> {
    let answer = fleet.mariadb.sql(&format!("SHOW GLOBAL STATUS LIKE '{name}'")).await?;
    let number = answer.split_whitespace().nth(1);
    Ok(number.with_context(|| format!("MariaDB told no {name}"))?.parse()?)
}
