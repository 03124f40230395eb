//! A bucket of permits that refills steadily.

use std::time::Duration;

use super::settings::Rate;

/// Permits of one rate. Full at first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    level: f64,
    at: Duration,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn full(rate: Rate) -> Self {
        Self { level: rate.burst, at: Duration::ZERO }
    }

    /// How long until `count` permits are there; zero if they are. More than the bucket holds are there when
    /// it is full, and leave it in debt.
    pub(super) fn wait(&mut self, rate: Rate, now: Duration, count: f64) -> Duration {
        self.refill(rate, now);
        let missing = count.min(rate.burst) - self.level;
        // A rounding error is not a reason to wait.
        if missing <= 1e-9 { Duration::ZERO } else { Duration::from_secs_f64(missing / rate.per_second) }
    }

    /// Takes permits; [`wait`](Self::wait) said zero.
    pub(super) fn take(&mut self, count: f64) {
        self.level -= count;
    }

    fn refill(&mut self, rate: Rate, now: Duration) {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.level = (self.level + passed * rate.per_second).min(rate.burst);
        self.at = now;
    }
}
