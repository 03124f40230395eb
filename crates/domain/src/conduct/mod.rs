//! How somebody behaved, as others told it: what their trust is made of.
//!
//! It is kept in the user's own record, small, and only for as long as it counts: complaints for some days, ratings halved
//! week by week. Who said what stands nowhere: a complaint has a short hash of where it came from, so that one person
//! counts once however often they complain.

mod complaint;
mod trust;

use std::collections::VecDeque;
use std::time::Duration;

pub use self::complaint::{Complaint, Judgement, Origin};
pub use self::trust::TrustRules;
use crate::clock::Millis;

const DAY: Duration = Duration::from_hours(24);

/// Whole days since 1970.
fn day(at: Millis) -> u16 {
    u16::try_from(at.0.div_euclid(24 * 3_600_000)).unwrap_or(u16::MAX)
}

/// Whole weeks since 1970.
#[must_use]
pub fn week(at: Millis) -> u16 {
    day(at) / 7
}

/// How somebody was rated lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ratings {
    /// So often well.
    pub up: u16,
    /// So often badly.
    pub down: u16,
    /// In this week: each week that passes halves both.
    pub week: u16,
}

impl Ratings {
    /// More than that is as good as that.
    pub const MOST: u16 = 999;

    /// What is left of them in this week.
    #[must_use]
    pub fn in_week(self, week: u16) -> Self {
        let passed = u32::from(week.saturating_sub(self.week));
        let left = |count: u16| count.checked_shr(passed).unwrap_or(0);
        Self { up: left(self.up), down: left(self.down), week: week.max(self.week) }
    }

    fn are_none(self) -> bool {
        (self.up, self.down) == (0, 0)
    }
}

/// How somebody behaved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Conduct {
    complaints: VecDeque<Complaint>,
    ratings: Ratings,
}

impl Conduct {
    /// So many complaints are kept, the newest; with [`TrustRules::MOST_WEIGHT`] no more are needed.
    pub const MOST: usize = 5;
    /// Complaints that are older are kept nowhere.
    pub const KEPT: Duration = Duration::from_hours(30 * 24);

    /// Takes a complaint in.
    pub fn complain(&mut self, complaint: Complaint) {
        self.withdraw(complaint.origin);
        self.complaints.push_back(complaint);
        let over = self.complaints.len().saturating_sub(Self::MOST);
        self.complaints.drain(..over);
    }

    /// Whether this is held against them already.
    #[must_use]
    pub fn has(&self, complaint: &Complaint) -> bool {
        self.complaints.contains(complaint)
    }

    /// Forgets what came from there.
    pub fn withdraw(&mut self, origin: Origin) {
        self.complaints.retain(|known| known.origin != origin);
    }

    /// Counts a rating; `before` is what the same person said of the same room before.
    pub fn rate(&mut self, before: Option<bool>, up: bool, week: u16) {
        if before == Some(up) {
            return;
        }
        let mut ratings = self.ratings.in_week(week);
        match before {
            Some(true) => ratings.up = ratings.up.saturating_sub(1),
            Some(false) => ratings.down = ratings.down.saturating_sub(1),
            None => {}
        }
        let count = if up { &mut ratings.up } else { &mut ratings.down };
        *count = (*count + 1).min(Ratings::MOST);
        self.ratings = ratings;
    }

    /// How they were rated, as far as it counts at `now`.
    #[must_use]
    pub fn ratings(&self, now: Millis) -> Ratings {
        self.ratings.in_week(week(now))
    }

    /// How much weighs against them of what was told within `window`.
    #[must_use]
    pub fn weight(&self, now: Millis, window: Duration) -> u32 {
        let oldest = day(now.before(window));
        let counts = self.complaints.iter().filter(|complaint| complaint.day > oldest);
        counts.map(|complaint| u32::from(complaint.weight)).sum()
    }

    /// Whether nothing of it counts any more.
    #[must_use]
    pub fn is_spent(&self, now: Millis) -> bool {
        self.ratings(now).are_none() && self.weight(now, Self::KEPT) == 0
    }

    /// The stored form: `up down week`, then each complaint as four hexadecimal digits of its origin, its weight, and four
    /// of its day. Empty if there is nothing. 64 bytes at most.
    #[must_use]
    pub fn to_text(&self) -> String {
        if self.complaints.is_empty() && self.ratings.are_none() {
            return String::new();
        }
        let Ratings { up, down, week } = self.ratings;
        let complaints = self.complaints.iter().map(|complaint| format!(" {}", complaint.to_text()));
        std::iter::once(format!("{up} {down} {week}")).chain(complaints).collect()
    }

    /// Reads the stored form.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mut number = || words.next()?.parse().ok();
        let ratings = Ratings { up: number()?, down: number()?, week: number()? };
        let complaints = words.map(Complaint::from_text).collect::<Option<_>>()?;
        Some(Self { complaints, ratings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::UserId;

    fn complaint(user: i64, weight: u8, at: Millis) -> Complaint {
        Complaint { origin: Origin::reporter(UserId(user)), weight, day: day(at) }
    }

    #[test]
    fn the_most_fits_and_reads_back() {
        let mut conduct = Conduct::default();
        for user in 0..9 {
            conduct.complain(complaint(user, 9, Millis(5_000_000_000_000)));
        }
        for _ in 0..1_500 {
            conduct.rate(None, true, 9_362);
            conduct.rate(None, false, 9_362);
        }
        let text = conduct.to_text();
        assert!(text.len() <= 64, "{text}");
        assert_eq!(Conduct::from_text(&text), Some(conduct));
        assert_eq!(Conduct::default().to_text(), "");
        for rubbish in ["", "1 2", "1 2 x", "1 2 3 zzzz10000", "1 2 3 00001", "1 2 3 000010000 "] {
            assert_eq!(Conduct::from_text(rubbish), None, "{rubbish}");
        }
    }
}
