//! `fleet.json`: what is known of a running fleet from outside.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// A running fleet (design: load tool).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FleetFile {
    /// The balancer: webhooks go to `{webhook_url}/telegram/{bot_id}`.
    pub webhook_url: String,
    /// The simulator: Bot API and `/control`.
    pub telegram_url: String,
    /// Live state; with Cluster its first node.
    pub redis_url: String,
    /// The durable record.
    pub database_url: String,
    /// What secret headers are derived from.
    pub webhook_secret: String,
    /// The bots.
    pub bots: Vec<Bot>,
    /// The instances, those that are down included.
    pub instances: Vec<InstanceFile>,
}

/// One bot of the fleet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bot {
    /// The digits before the colon of its token.
    pub id: i64,
    /// Its token, known to the simulator alone.
    pub token: String,
}

/// One instance of the fleet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InstanceFile {
    /// Its process.
    pub pid: u32,
    /// Where it takes webhooks.
    pub listen: String,
    /// Where it shows metrics.
    pub admin: String,
}

impl FleetFile {
    /// Reads it.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read(path).with_context(|| {
            format!("no fleet runs: cannot read {} (start one with ./dev fleet)", path.display())
        })?;
        serde_json::from_slice(&text).with_context(|| format!("{} is no fleet file", path.display()))
    }

    /// Writes it in one move, so that nobody reads half a file.
    pub fn write(&self, path: &Path) -> Result<()> {
        let beside = path.with_extension("new");
        std::fs::write(&beside, serde_json::to_vec_pretty(self)?)?;
        std::fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
    }
}
