//! How a fleet is started.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::{BalancerKind, RedisOptions};

/// The programs under test.
#[derive(Clone, Debug)]
pub struct Binaries {
    /// `hamdam`.
    pub hamdam: PathBuf,
    /// `loadtest`.
    pub loadtest: PathBuf,
}

impl Binaries {
    /// The programs that stand beside the running one: `target/<profile>`, also when a test binary in its `deps` asks.
    pub fn beside_this() -> Result<Self> {
        let this = std::env::current_exe().context("this program has no path")?;
        let folder = this.parent().context("a program lies in a folder")?;
        let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
        Self::in_folder(folder)
    }

    /// The programs in a folder.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let binaries = Self { hamdam: folder.join("hamdam"), loadtest: folder.join("loadtest") };
        for path in [&binaries.hamdam, &binaries.loadtest] {
            ensure!(path.exists(), "{} is not built: cargo build -p hamdam -p loadtest", path.display());
        }
        Ok(binaries)
    }
}

/// Where live state is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// One redis-server.
    Single,
    /// A Redis Cluster of three masters.
    Cluster {
        /// Replicas of each.
        replicas: usize,
    },
    /// A redis-server watched by Sentinels.
    Sentinels {
        /// Its replicas.
        replicas: usize,
    },
}

/// A fleet whose instances have different `ROLES`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// What those behind the balancer do.
    pub front: &'static str,
    /// What others do, behind no balancer; one instance each.
    pub behind: Vec<&'static str>,
}

impl Roles {
    /// Webhooks and matching in front, and one instance that alone sends and writes the journal.
    pub fn one_sender() -> Self {
        Self { front: "webhook,matchmaker", behind: vec!["sender,journal"] }
    }

    /// Of the instance at `index`, of which the first `front` stand behind the balancer.
    pub(super) fn of(&self, index: usize, front: usize) -> &'static str {
        index.checked_sub(front).map_or(self.front, |index| self.behind[index])
    }
}

/// How a fleet is started.
#[derive(Clone, Debug)]
pub struct FleetOptions {
    /// Instances behind the balancer.
    pub instances: usize,
    /// Who does what. None: every instance does everything.
    pub roles: Option<Roles>,
    /// Bot tokens.
    pub bots: usize,
    /// Messages per second the simulator takes from one token, or `none`.
    pub bot_rate: String,
    /// Where live state is.
    pub store: StoreKind,
    /// Each instance reaches the single redis-server by a [`Wire`](crate::Wire) of its own, and all reach the database by
    /// one, which can be cut.
    pub wires: bool,
    /// Databases beside the first, which have their share of rooms.
    pub further_databases: usize,
    /// Each instance has a [`Clock`](crate::Clock) of its own, which can be set.
    pub clocks: bool,
    /// How the single redis-server is started. As operators run it, if nothing is said: an append-only file, flushed
    /// every second; `always` would measure this machine's disk.
    pub redis: RedisOptions,
    /// What stands before the instances.
    pub balancer: BalancerKind,
    /// More variables for the instances; they win over the testbed's own.
    pub environment: Vec<(String, String)>,
    /// The programs.
    pub binaries: Binaries,
}

impl FleetOptions {
    /// Three instances behind nginx, twenty bots without a limit, one redis-server.
    pub fn new(binaries: Binaries) -> Self {
        Self {
            instances: 3,
            roles: None,
            bots: 20,
            bot_rate: "none".to_owned(),
            store: StoreKind::Single,
            wires: false,
            further_databases: 0,
            clocks: false,
            redis: RedisOptions {
                appendonly: true,
                arguments: vec!["--appendfsync".to_owned(), "everysec".to_owned()],
                ..RedisOptions::default()
            },
            balancer: BalancerKind::Nginx,
            environment: Vec::new(),
            binaries,
        }
    }

    /// `BOT_RATE_LIMIT`: what the simulator takes; where it takes everything, more than this machine can send.
    pub(super) fn rate_of_instances(&self) -> String {
        if self.bot_rate == "none" { "100000".to_owned() } else { self.bot_rate.clone() }
    }
}
