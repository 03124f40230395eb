//! Who meets whom, how often.

use std::time::Duration;

use hamdam_domain::pools::Pools;
use hamdam_domain::rules::Rules;

use super::{Settings, pools};

/// Pace of the matchmaker.
#[derive(Clone, Debug)]
pub struct Matchmaking {
    /// Between two batches of a pool, if nobody new comes in.
    pub interval: Duration,
    /// Who may meet whom, and how many at once.
    pub rules: Rules,
    /// The pools of the fleet.
    pub pools: Pools,
    /// Pools this instance may lead at once.
    pub pools_at_once: usize,
}

impl Matchmaking {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        Self {
            interval: Duration::from_secs_f64(settings.number("MATCHMAKING_WORKER_INTERVAL", 0.01..=60.0)),
            rules: Rules {
                batch_size: settings.whole("MATCHMAKING_WORKER_BATCH_SIZE", 1..=100_000),
                not_again_for: Duration::from_hours(settings.whole("NOT_AGAIN_HOURS", 0..=168)),
                ..Rules::default()
            },
            pools: pools::read(settings),
            pools_at_once: settings.whole("MATCHMAKING_WORKERS", 1..=1_000),
        }
    }
}
