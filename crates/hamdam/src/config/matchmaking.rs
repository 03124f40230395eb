//! Who meets whom, how often.

use std::path::PathBuf;
use std::time::Duration;

use hamdam_domain::pools::Pools;
use hamdam_domain::rules::Rules;

use super::{Settings, pools, rules};

/// Pace of the matchmaker.
#[derive(Clone, Debug)]
pub struct Matchmaking {
    /// Between two batches of a pool, if nobody new comes in.
    pub interval: Duration,
    /// Who may meet whom, and how many at once.
    pub rules: Rules,
    /// The file the rules are from, if one is named.
    pub rules_file: Option<PathBuf>,
    /// The pools of the fleet.
    pub pools: Pools,
    /// Pools this instance may lead at once.
    pub pools_at_once: usize,
    /// A pool of so many tickets is paired by all processors at once.
    pub large_pool: usize,
}

impl Matchmaking {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        let (rules, rules_file) = rules::read(settings);
        Self {
            interval: Duration::from_secs_f64(settings.number("MATCHMAKING_WORKER_INTERVAL", 0.01..=60.0)),
            rules,
            rules_file,
            pools: pools::read(settings),
            pools_at_once: settings.whole("MATCHMAKING_WORKERS", 1..=1_000),
            large_pool: settings.whole("MATCHMAKING_LARGE_POOL", 1..=1_000_000_000),
        }
    }
}
