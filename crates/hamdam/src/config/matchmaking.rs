//! Who meets whom, how often.

use std::time::Duration;

use hamdam_domain::pools::Pools;
use hamdam_domain::rules::{Rules, Schedule};

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
        let mix = settings.with_default("ACROSS_BOTS_SECONDS", MEND, wait);
        let usual = Schedule::default();
        let schedule = mix.and_then(|wait| usual.with_other_bots_after(wait)).unwrap_or(usual);
        Self {
            interval: Duration::from_secs_f64(settings.number("MATCHMAKING_WORKER_INTERVAL", 0.01..=60.0)),
            rules: Rules {
                batch_size: settings.whole("MATCHMAKING_WORKER_BATCH_SIZE", 1..=100_000),
                not_again_for: Duration::from_hours(settings.whole("NOT_AGAIN_HOURS", 0..=168)),
                across_bots: mix.is_some(),
                schedule,
                ..Rules::default()
            },
            pools: pools::read(settings),
            pools_at_once: settings.whole("MATCHMAKING_WORKERS", 1..=1_000),
        }
    }
}

const MEND: &str = "Give seconds from 1 to 3600, or never.";

/// For how long somebody waits for a partner of their own bot alone; `never` for as long as it takes.
#[expect(clippy::option_option, reason = "not readable, and read that bots do not mix")]
fn wait(text: &str) -> Option<Option<Duration>> {
    if text == "never" {
        return Some(None);
    }
    let seconds = text.parse().ok().filter(|seconds| (1..=3_600).contains(seconds))?;
    Some(Some(Duration::from_secs(seconds)))
}
