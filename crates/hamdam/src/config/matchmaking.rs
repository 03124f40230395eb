//! Who meets whom, how often.

use std::time::Duration;

use super::Settings;

/// Pace of the matchmaker.
#[derive(Clone, Debug)]
pub struct Matchmaking {
    /// Between two batches of a pool.
    pub interval: Duration,
    /// Matches per batch at most.
    pub batch_size: usize,
    /// Pools this instance may lead at once.
    pub pools: usize,
}

impl Matchmaking {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        Self {
            interval: Duration::from_secs_f64(settings.number("MATCHMAKING_WORKER_INTERVAL", 0.01..=60.0)),
            batch_size: settings.whole("MATCHMAKING_WORKER_BATCH_SIZE", 1..=100_000),
            pools: settings.whole("MATCHMAKING_WORKERS", 1..=1_000),
        }
    }
}
