//! The pace of one chat: a token bucket without a timer of its own.

use std::time::Duration;

use crate::run::ChatRate;

/// How many messages a chat may take at once, and since when that is known. Full at first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    level: f64,
    at: Duration,
}

impl Pace {
    pub(super) fn full(rate: ChatRate, now: Duration) -> Self {
        Self { level: f64::from(rate.burst), at: now }
    }

    fn level_at(self, rate: ChatRate, now: Duration) -> f64 {
        let gained = now.saturating_sub(self.at).as_secs_f64() * rate.per_second;
        (self.level + gained).min(f64::from(rate.burst))
    }

    /// So many messages go out now. More than a burst leave a debt.
    pub(super) fn take(&mut self, messages: u32, rate: ChatRate, now: Duration) {
        let messages = f64::from(messages);
        self.level = (self.level_at(rate, now) - messages).max(1.0 - messages);
        self.at = now;
    }

    /// When the next so many messages may go out together; not later than `now` if at once. More than a burst may when
    /// a burst may.
    pub(super) fn free_at(self, messages: u32, rate: ChatRate, now: Duration) -> Duration {
        self.reaches(f64::from(messages.min(rate.burst)), rate, now)
    }

    /// Whether the bucket is full again: nothing is lost by forgetting it.
    pub(super) fn is_full(self, rate: ChatRate, now: Duration) -> bool {
        self.level_at(rate, now) >= f64::from(rate.burst)
    }

    fn reaches(self, level: f64, rate: ChatRate, now: Duration) -> Duration {
        // A hair less than a whole message counts as one, so that rounding never costs another wait.
        let missing = level - self.level_at(rate, now) - 1e-6;
        if missing <= 0.0 {
            return now;
        }
        now + Duration::try_from_secs_f64(missing / rate.per_second).unwrap_or(Duration::from_hours(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_at_once_then_one_a_second() {
        let rate = ChatRate::default();
        let mut now = Duration::from_secs(100);
        let mut pace = Pace::full(rate, now);
        for _ in 0..5 {
            assert_eq!(pace.free_at(1, rate, now), now);
            pace.take(1, rate, now);
        }
        for _ in 0..3 {
            let free = pace.free_at(1, rate, now);
            let waited = free.saturating_sub(now).as_secs_f64();
            assert!((waited - 1.0).abs() < 0.001, "{waited}");
            now = free;
            pace.take(1, rate, now);
        }
        assert!(!pace.is_full(rate, now + Duration::from_secs(4)));
        assert!(pace.is_full(rate, now + Duration::from_millis(5_001)));
    }
    #[test]
    fn an_album_is_as_many_messages_as_it_has() {
        let rate = ChatRate::default();
        let now = Duration::from_secs(100);
        let mut pace = Pace::full(rate, now);
        assert_eq!(pace.free_at(10, rate, now), now, "more than a burst go when a burst may");
        pace.take(10, rate, now);
        let free = pace.free_at(1, rate, now).saturating_sub(now).as_secs_f64();
        assert!((free - 6.0).abs() < 0.001, "five in debt, and one more: {free}");
    }
}
