//! How much of a token's budget was used lately: what tells a bot that has room from one that has none.
//!
//! Counted in windows, by the time of the budget that each permit takes; of the window before counts the part that is not ten
//! seconds ago yet, as if it had been used evenly. Whole microseconds, so that every implementation of the state counts alike.

use std::time::Duration;

use crate::clock::Millis;

/// So far back it is counted.
pub const WINDOW: Duration = Duration::from_secs(10);
/// All of a budget, in the unit of shares.
pub const WHOLE: u16 = 1_000;

const WINDOW_MS: i64 = 10_000;
const WINDOW_MICROS: i64 = 10_000_000;

/// What was used of a budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Usage {
    /// The number of the window counted in.
    window: i64,
    /// Microseconds of the budget that were used in it.
    used: i64,
    /// The same in the window before.
    before: i64,
}

impl Usage {
    /// The budget gave so many permits, of `per_second`.
    pub fn add(&mut self, permits: u32, per_second: f64, now: Millis) {
        *self = self.at(now);
        let micros = (f64::from(permits) * 1e6 / per_second).floor().clamp(0.0, 1e7);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "clamped, and a float cast makes 0 of what is no number"
        )]
        let micros = micros as i64;
        self.used += micros;
    }

    /// The share of the budget that was used in the last ten seconds, in thousandths, [`WHOLE`] at most.
    #[must_use]
    pub fn share(&self, now: Millis) -> u16 {
        let Self { used, before, .. } = self.at(now);
        let left = WINDOW_MS - now.0.rem_euclid(WINDOW_MS);
        let micros = used + before * left / WINDOW_MS;
        let share = micros * i64::from(WHOLE) / WINDOW_MICROS;
        u16::try_from(share).unwrap_or(WHOLE).min(WHOLE)
    }

    /// The same, counting in the window of this time.
    fn at(self, now: Millis) -> Self {
        let window = now.0.div_euclid(WINDOW_MS);
        match window - self.window {
            0 => self,
            1 => Self { window, used: 0, before: self.used },
            _ => Self { window, used: 0, before: 0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn after(seconds: i64) -> Millis {
        Millis(NOW.0 + seconds * 1_000)
    }

    #[test]
    fn a_budget_that_is_used_up_all_the_time_is_used_whole() {
        let mut usage = Usage::default();
        assert_eq!(usage.share(NOW), 0);
        for second in 0..40 {
            usage.add(30, 30.0, after(second));
            let share = usage.share(after(second));
            assert!(second < 9 || share == WHOLE, "{share} in second {second}");
        }
        assert_eq!(usage.share(after(45)), 500, "half of the window before counts");
        assert_eq!(usage.share(after(60)), 0, "and nothing that is longer ago");
    }

    #[test]
    fn a_budget_that_is_half_used_shows_a_half() {
        let mut usage = Usage::default();
        for second in 0..20 {
            usage.add(15, 30.0, after(second));
        }
        assert_eq!(usage.share(after(20)), 500);
    }

    #[test]
    fn odd_rates_break_nothing() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-9] {
            let mut usage = Usage::default();
            usage.add(0, rate, NOW);
            usage.add(5, rate, NOW);
            assert!(usage.share(NOW) <= WHOLE, "{rate}");
        }
    }
}
