//! The rate of a token that nobody told us, learned from what Telegram refuses. Telegram documents about 30 messages a
//! second for a token, gives more to some, and changes it without a word (telegram.md: limits).
//!
//! Up in steps and down by half, as TCP does it (RFC 5681): while more is wanted than given, the rate grows a step a
//! second; a refusal halves it. Near the rate at which it was last refused steps are small, so that a known limit is
//! tried again now and then and not all the time; once the rate is well past that, the limit is another. Whole
//! thousandths of a message per second, so that every implementation of the state counts alike.

use std::time::Duration;

use crate::clock::Millis;

/// The lowest rate.
pub const LEAST: i64 = 1_000;
/// The highest rate: what Telegram sells.
pub const MOST: i64 = 1_000_000;
/// A step comes so long after the one before.
pub const STEP_EVERY: Duration = Duration::from_secs(1);
/// For so long after a cut the rate stays: refusals of what was under way are no news, and neither is a second pause.
pub const CALM: Duration = Duration::from_secs(5);
/// A refusal is remembered so long; then the limit may be another.
pub const REMEMBERED: Duration = Duration::from_mins(10);

/// What was learned of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Learned {
    /// Thousandths of a message per second.
    pub rate: i64,
    /// When the rate last began, grew, or was more than wanted.
    pub raised_at: Millis,
    /// When the rate was last cut, and what it was then.
    pub cut: Option<(Millis, i64)>,
}

impl Learned {
    /// Nothing is known but where to start.
    #[must_use]
    pub fn starting(rate: i64, now: Millis) -> Self {
        Self { rate: rate.clamp(LEAST, MOST), raised_at: now, cut: None }
    }

    /// More was wanted than the rate gives.
    pub fn wanted_more(&mut self, now: Millis) {
        let calm = self.cut.is_some_and(|(at, _)| now.since(at) < CALM);
        if calm || now.since(self.raised_at) < STEP_EVERY {
            return;
        }
        let near = self.cut.is_some_and(|(at, failed)| {
            now.since(at) < REMEMBERED && (failed * 9..=failed * 11).contains(&(self.rate * 10))
        });
        let step = if near { (self.rate / 500).max(20) } else { (self.rate / 10).max(1_000) };
        self.rate = (self.rate + step).min(MOST);
        self.raised_at = now;
    }

    /// A whole permit overflowed the bucket: less is wanted than the rate gives. Until a second has passed without that,
    /// it does not grow, else bursts would raise it beyond all that was ever sent, and a crowd would run into the limit.
    pub fn wanted_less(&mut self, now: Millis) {
        self.raised_at = now;
    }

    /// Several chats were refused: it is the token.
    pub fn refused(&mut self, now: Millis) {
        if self.cut.is_some_and(|(at, _)| now.since(at) < CALM) {
            return;
        }
        self.cut = Some((now, self.rate));
        self.rate = (self.rate / 2).max(LEAST);
    }

    /// Permits of a full bucket: what a quarter of a second lets through.
    #[must_use]
    pub fn burst(&self) -> i64 {
        (self.rate + 3_999) / 4_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token that takes so many messages in each second, and somebody who always wants to send more. Answers what was
    /// sent per second and how many seconds ended with a refusal.
    fn play(learned: &mut Learned, from: i64, seconds: i64, limit: i64) -> (i64, i64) {
        let (mut sent, mut refusals, mut paused_until) = (0, 0, 0);
        for second in from..from + seconds {
            let now = Millis(second * 1_000);
            if second < paused_until {
                continue;
            }
            let offered = learned.rate / 1_000;
            sent += offered.min(limit);
            if offered > limit {
                refusals += 1;
                paused_until = second + 2;
                learned.refused(now);
            }
            learned.wanted_more(now);
        }
        (sent / seconds, refusals)
    }

    #[test]
    fn a_hidden_limit_is_found_kept_and_found_again_when_it_changes() {
        let mut learned = Learned::starting(30_000, Millis(0));
        play(&mut learned, 0, 120, 200);
        let (sent, refusals) = play(&mut learned, 120, 600, 200);
        assert!(sent >= 160, "{sent} a second of 200");
        assert!(refusals <= 30, "{refusals} refusals in ten minutes");
        // The limit falls, and comes back.
        play(&mut learned, 720, 120, 30);
        let (sent, refusals) = play(&mut learned, 840, 600, 30);
        assert!((24..=30).contains(&sent) && refusals <= 30, "{sent} a second of 30, {refusals} refusals");
        // What was refused before is passed in small steps; beyond it nothing is known, and steps are large again.
        play(&mut learned, 1_440, 240, 200);
        let (sent, refusals) = play(&mut learned, 1_680, 600, 200);
        assert!(sent >= 160 && refusals <= 30, "{sent} a second of 200, {refusals} refusals");
    }

    #[test]
    fn bursts_of_somebody_who_sends_little_raise_nothing() {
        let mut learned = Learned::starting(30_000, Millis(0));
        for second in 1..1_000 {
            let now = Millis(second * 1_000);
            learned.wanted_less(now);
            learned.wanted_more(now.after(Duration::from_millis(999)));
        }
        assert_eq!(learned.rate, 30_000);
        learned.wanted_more(Millis(1_001_000));
        assert_eq!(learned.rate, 33_000);
    }

    #[test]
    fn it_stays_within_what_makes_sense() {
        let mut learned = Learned::starting(1, Millis(0));
        assert_eq!(learned.rate, LEAST);
        for second in 1..100 {
            learned.refused(Millis(second * 10_000));
        }
        assert_eq!(learned.rate, LEAST);
        for second in 1_000..3_000 {
            learned.wanted_more(Millis(second * 1_000));
        }
        assert_eq!(learned.rate, MOST);
    }

    #[test]
    fn one_refusal_told_by_many_cuts_once() {
        let mut learned = Learned::starting(100_000, Millis(0));
        for millis in 0..10 {
            learned.refused(Millis(1_000 + millis));
        }
        assert_eq!(learned.rate, 50_000);
    }
}
