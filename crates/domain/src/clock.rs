//! Where time comes from. Everything that needs the time takes a [`Clock`], so that tests own it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// The whole hours since the Unix epoch: what marks remember instead of a full time.
    #[must_use]
    pub fn hour(self) -> u32 {
        u32::try_from(self.0.div_euclid(3_600_000)).unwrap_or(0)
    }

    /// The time `duration` later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The time `duration` earlier.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The second it lies in.
    #[must_use]
    pub fn whole_seconds(self) -> Self {
        Self(self.0.div_euclid(1_000) * 1_000)
    }

    /// Year, month and day in UTC. From days: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    #[must_use]
    pub fn date(self) -> (i64, i64, i64) {
        let shifted = self.0.div_euclid(86_400_000) + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        (year_of_era + era * 400 + i64::from(month <= 2), month, day)
    }

    /// How long ago `earlier` was; zero if it lies in the future.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// A source of wall time and of monotonic time.
///
/// Wall time of an instance may be minutes off and is used only where no shared time exists;
/// what several instances compare is stamped by the state (Redis `TIME`).
pub trait Clock: Send + Sync + 'static {
    /// Wall time.
    fn unix(&self) -> Millis;
    /// Time since an arbitrary fixed point; never goes back. Lease deadlines are counted with it.
    fn monotonic(&self) -> Duration;
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: std::time::Instant,
}

impl SystemClock {
    /// A clock whose monotonic time starts at zero now.
    #[expect(clippy::disallowed_methods, reason = "this is the one clock the ban points to")]
    pub fn new() -> Self {
        Self { start: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock the ban points to")]
    fn unix(&self) -> Millis {
        let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_know_leap_years_and_days_before_the_epoch() {
        const DAY: i64 = 86_400_000;
        for (at, date) in [
            (0, (1970, 1, 1)),
            (-1, (1969, 12, 31)),
            (11_016 * DAY - 1, (2000, 2, 28)),
            (11_016 * DAY, (2000, 2, 29)),
            (11_017 * DAY, (2000, 3, 1)),
            (1_767_225_600_000, (2026, 1, 1)),
        ] {
            assert_eq!(Millis(at).date(), date);
        }
    }
}
