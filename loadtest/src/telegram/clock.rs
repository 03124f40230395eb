//! Telegram's time.

use std::time::Duration;

use tokio::time::Instant;

/// The simulator's clock: monotonic time since its start, wall time for `date` fields, and the scale by which
/// Telegram's own waits are shortened.
#[derive(Debug)]
pub(super) struct SimClock {
    start: Instant,
    unix_at_start: Duration,
    scale: f64,
}

impl SimClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one reading of wall time; all else is counted from it"
    )]
    pub(super) fn new(scale: f64) -> Self {
        let unix_at_start =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self { start: Instant::now(), unix_at_start, scale }
    }

    /// Time since the start.
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Seconds since the Unix epoch.
    pub(super) fn unix(&self) -> u32 {
        u32::try_from((self.unix_at_start + self.now()).as_secs()).unwrap_or(u32::MAX)
    }

    /// How long Telegram's `seconds` last here.
    pub(super) fn seconds(&self, seconds: u32) -> Duration {
        self.scaled(Duration::from_secs(seconds.into()))
    }

    /// How long this time of Telegram's lasts here.
    pub(super) fn scaled(&self, time: Duration) -> Duration {
        time.div_f64(self.scale)
    }

    /// The instant at which [`now`](Self::now) will be `at`.
    pub(super) fn instant(&self, at: Duration) -> Instant {
        self.start + at
    }
}
