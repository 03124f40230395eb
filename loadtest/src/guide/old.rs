//! What the old bot's own scaling guide said, figure by figure. It planned these and measured none of them.

use crate::profile::Profile;

/// A row of its table; `None` where it said nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said {
    /// Database connections of the pool, overflow included.
    pub(super) pool: Option<&'static str>,
    /// Connections to Redis.
    pub(super) redis: Option<&'static str>,
    /// Matchmaking workers.
    pub(super) workers: Option<&'static str>,
    /// Processes.
    pub(super) instances: Option<&'static str>,
}

/// For so many people.
pub(super) fn said(profile: Profile) -> Said {
    let said = |pool, redis, workers, instances| Said { pool, redis, workers, instances };
    match profile {
        Profile::K10 => said(Some("200"), Some("50"), Some("1"), Some("1")),
        Profile::K20 => said(Some("300"), Some("100"), Some("2"), None),
        Profile::K50 => said(Some("500"), Some("200"), Some("3"), Some("2-3")),
        Profile::K100 => said(None, Some("200 each"), Some("3 each"), Some("2-3")),
        Profile::Tiny | Profile::Idle => Said::default(),
    }
}

/// What was measured of the old bot, in a sentence: its guide has no such figures.
pub(super) const MEASURED: &str = "The old bot, measured, relayed 22 messages a second at 44 ms of CPU, 23 SQL \
     statements and 38 Redis commands each, and matched 2 to 4 pairs a second.";
