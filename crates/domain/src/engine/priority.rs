//! Who goes first, and for how long anybody may be overtaken.
//!
//! A ticket's *seniority* is the moment it began to wait, less the head start of its class. It never changes, and every
//! ticket ages at the same speed: a class buys a place further ahead, never a place for ever.
//!
//! **The bound.** A ticket whose seniority lies `patience` back is an elder. When a batch that was not cut at its size
//! leaves an elder waiting, whoever it could have met met somebody senior to it. So an ordinary ticket is overtaken at
//! will only for `patience`; after that only by tickets that began to wait at most the longest head start after it.
//! [`super::fairness`] keeps this, and its tests try to break it.

use crate::clock::Millis;
use crate::rules::Priority;
use crate::wish::Class;

/// What the waiting of a pair's two tickets is worth at most, each: an elder's.
const WAIT_POINTS: u32 = 125;

/// When a ticket would have begun to wait, were its class ordinary. Lower is senior.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seniority(i64);

impl Seniority {
    /// Senior to nobody.
    pub(super) const NONE: Self = Self(i64::MAX);

    pub(super) fn of(waiting_since: Millis, class: Class, priority: &Priority) -> Self {
        let start = priority.head_starts.get(usize::from(class.0)).or(priority.head_starts.last());
        let start = start.map_or(0, |start| i64::try_from(start.as_millis()).unwrap_or(i64::MAX));
        Self(waiting_since.0.saturating_sub(start))
    }

    /// Who is at least this senior is an elder now.
    pub(super) fn of_elders(priority: &Priority, now: Millis) -> Self {
        let patience = i64::try_from(priority.patience.as_millis()).unwrap_or(i64::MAX);
        Self(now.0.saturating_sub(patience))
    }
}

/// What a wait is worth in a pair's weight, at one moment: more with every second, until it makes an elder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ageing {
    now: i64,
    patience: i64,
    /// Points for a millisecond, times 2^32: searches have no time to divide.
    rate: i64,
}

impl Ageing {
    pub(super) fn new(priority: &Priority, now: Millis) -> Self {
        let patience = i64::try_from(priority.patience.as_millis()).unwrap_or(i64::MAX).max(1);
        Self { now: now.0, patience, rate: (i64::from(WAIT_POINTS) << 32) / patience + 1 }
    }

    pub(super) fn points(&self, seniority: Seniority) -> u32 {
        let waited = self.now.saturating_sub(seniority.0);
        if waited >= self.patience {
            return WAIT_POINTS;
        }
        u32::try_from((waited.max(0) * self.rate) >> 32).expect("less than an elder's")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_class_is_a_head_start_and_nothing_more() {
        let priority = Priority::default();
        let of = |since, class| Seniority::of(Millis(since), Class(class), &priority);
        assert!(of(100_000, 1) < of(70_001, 0), "thirty seconds ahead");
        assert!(of(69_999, 0) < of(100_000, 1), "and no more");
        assert_eq!(of(0, 2), of(0, 200), "a class beyond the list is the last one");
    }

    #[test]
    fn a_wait_is_worth_more_the_longer_it_is_until_it_makes_an_elder() {
        let priority = Priority { patience: Duration::from_secs(100), ..Priority::default() };
        let ageing = Ageing::new(&priority, Millis(1_000_000));
        let points = |waited: i64| ageing.points(Seniority(1_000_000 - waited));
        assert_eq!([0, 50_000, 100_000, 900_000, -5].map(points), [0, 62, 125, 125, 0]);
        assert!(Seniority(900_000) <= Seniority::of_elders(&priority, Millis(1_000_000)));
        assert!(Seniority(900_001) > Seniority::of_elders(&priority, Millis(1_000_000)));
    }
}
