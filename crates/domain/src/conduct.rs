//! How somebody behaved, as others told it: what their trust is made of.
//!
//! It is kept in the user's own record, small, and only for as long as it counts: complaints for some days, ratings halved
//! week by week. Who said what stands nowhere: a complaint has a short hash of where it came from, so that one person
//! counts once however often they complain.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Millis;
use crate::fnv;
use crate::id::{RoomId, UserId};
use crate::safety::{Decision, Report, Verdict};
use crate::wish::Trust;

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

/// Where a complaint comes from, as a hash: one that comes again from there takes the place of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(pub u16);

impl Origin {
    /// A user who reports.
    #[must_use]
    pub fn reporter(user: UserId) -> Self {
        Self::of(b'r', &user.0.to_le_bytes())
    }

    /// Whoever decides about users.
    #[must_use]
    pub fn moderators() -> Self {
        Self::of(b'm', &[])
    }

    /// Words that a house does not want, on one day.
    #[must_use]
    pub fn words(at: Millis) -> Self {
        Self::of(b'w', &day(at).to_le_bytes())
    }

    /// One text in many rooms, on one day.
    #[must_use]
    pub fn repeats(at: Millis) -> Self {
        Self::of(b't', &day(at).to_le_bytes())
    }

    fn of(kind: u8, what: &[u8]) -> Self {
        let hash = fnv::hash(std::iter::once(kind).chain(what.iter().copied()));
        let folded = hash ^ (hash >> 16) ^ (hash >> 32) ^ (hash >> 48);
        Self(u16::try_from(folded & 0xffff).unwrap_or_default())
    }
}

/// Something that is held against somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Complaint {
    /// Where it comes from.
    pub origin: Origin,
    /// How much it weighs, 1 to 9. A report weighs 1.
    pub weight: u8,
    /// The day since 1970 on which it was made.
    pub day: u16,
}

impl Complaint {
    /// What a report holds against whom it is about.
    #[must_use]
    pub fn of_report(report: &Report) -> Self {
        Self { origin: Origin::reporter(report.reporter), weight: 1, day: day(report.at) }
    }

    /// What words that a house does not want hold against their writer: once a day, however many they are.
    #[must_use]
    pub fn of_words(at: Millis) -> Self {
        Self { origin: Origin::words(at), weight: 1, day: day(at) }
    }

    /// What one text in many rooms holds against its writer: once a day.
    #[must_use]
    pub fn of_repeats(at: Millis) -> Self {
        Self { origin: Origin::repeats(at), weight: 2, day: day(at) }
    }
}

/// What a user's conduct is told to be: one step on their record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// This is held against them.
    Against(Complaint),
    /// What came from there is not held against them any more.
    Withdrawn(Origin),
    /// Whoever they met in this room says how it was. Of several words of one room the last counts, once.
    Rated {
        /// The room.
        room: RoomId,
        /// Well, or badly.
        up: bool,
        /// The week in which it is said ([`week`]).
        week: u16,
    },
}

impl Judgement {
    /// What a decision of the moderators says of the conduct of whom it is about.
    #[must_use]
    pub fn of_decision(decision: &Decision) -> Option<Self> {
        let against = |weight| {
            Some(Self::Against(Complaint { origin: Origin::moderators(), weight, day: day(decision.at) }))
        };
        match decision.verdict {
            Verdict::Warn => against(1),
            Verdict::Mute => against(2),
            Verdict::BanDay | Verdict::BanWeek | Verdict::BanForEver | Verdict::Ban => against(3),
            Verdict::Dismiss => {
                let report = decision.report.as_ref()?;
                Some(Self::Withdrawn(Origin::reporter(report.reporter)))
            }
            Verdict::Undo => Some(Self::Withdrawn(Origin::moderators())),
        }
    }
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

impl Complaint {
    /// Its part of the stored form.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}{}{:04x}", self.origin.to_text(), self.weight, self.day)
    }

    fn from_text(text: &str) -> Option<Self> {
        let (origin, rest) = text.split_at_checked(4)?;
        let (weight, day) = rest.split_at_checked(1)?;
        Some(Self {
            origin: Origin(u16::from_str_radix(origin, 16).ok()?),
            weight: weight.parse().ok()?,
            day: u16::from_str_radix(day, 16).ok().filter(|_| day.len() == 4)?,
        })
    }
}

impl Origin {
    /// Its part of the stored form.
    #[must_use]
    pub fn to_text(self) -> String {
        format!("{:04x}", self.0)
    }
}

/// What an operator decides about trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustRules {
    /// Complaints count for so long, in whole days, [`Conduct::KEPT`] at most.
    pub window: Duration,
    /// Complaints that weigh so much make somebody reported; 0: none do. [`TrustRules::MOST_WEIGHT`] at most.
    pub weight: u32,
    /// Ratings mean something from so many on; 0: they mean nothing.
    pub ratings: u32,
    /// So many of a hundred ratings that say "badly" make somebody reported.
    pub down_percent: u32,
}

impl Default for TrustRules {
    fn default() -> Self {
        Self { window: 14 * DAY, weight: 3, ratings: 10, down_percent: 70 }
    }
}

impl TrustRules {
    /// A higher weight could not be reached by reports: so many are kept.
    pub const MOST_WEIGHT: u32 = 5;

    /// The trust that somebody's conduct deserves.
    #[must_use]
    pub fn trust(&self, conduct: &Conduct, now: Millis) -> Trust {
        let complained = self.weight > 0 && conduct.weight(now, self.window) >= self.weight;
        let Ratings { up, down, .. } = conduct.ratings(now);
        let (all, down) = (u32::from(up) + u32::from(down), u32::from(down));
        let disliked = self.ratings > 0 && all >= self.ratings && down * 100 >= all * self.down_percent;
        if complained || disliked { Trust::Reported } else { Trust::Normal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn complaint(user: i64, weight: u8, at: Millis) -> Complaint {
        Complaint { origin: Origin::reporter(UserId(user)), weight, day: day(at) }
    }

    fn days(days: u32) -> Duration {
        days * DAY
    }

    #[test]
    fn one_person_counts_once_and_what_is_told_fades() {
        let (rules, mut conduct) = (TrustRules::default(), Conduct::default());
        for _ in 0..3 {
            conduct.complain(complaint(1, 1, NOW));
        }
        assert_eq!(rules.trust(&conduct, NOW), Trust::Normal, "one person");
        conduct.complain(complaint(2, 1, NOW));
        conduct.complain(complaint(3, 1, NOW));
        assert_eq!(rules.trust(&conduct, NOW), Trust::Reported);
        assert_eq!(rules.trust(&conduct, NOW.after(days(13))), Trust::Reported);
        assert_eq!(rules.trust(&conduct, NOW.after(days(14))), Trust::Normal);
        assert!(!conduct.is_spent(NOW.after(days(29))));
        assert!(conduct.is_spent(NOW.after(days(30))));
        conduct.withdraw(Origin::reporter(UserId(2)));
        assert_eq!(rules.trust(&conduct, NOW), Trust::Normal, "it was dismissed");
    }

    #[test]
    fn ratings_count_from_some_on_and_are_halved_week_by_week() {
        let (rules, mut conduct) = (TrustRules::default(), Conduct::default());
        let this = week(NOW);
        for n in 0..9 {
            conduct.rate(None, n < 2, this);
        }
        assert_eq!(rules.trust(&conduct, NOW), Trust::Normal, "too few to mean anything");
        conduct.rate(None, true, this);
        assert_eq!(rules.trust(&conduct, NOW), Trust::Reported, "seven of ten");
        conduct.rate(Some(false), true, this);
        assert_eq!(rules.trust(&conduct, NOW), Trust::Normal, "somebody changed their mind");
        conduct.rate(Some(true), true, this);
        assert_eq!(conduct.ratings(NOW), Ratings { up: 4, down: 6, week: this });
        let later = NOW.after(days(7));
        assert_eq!(conduct.ratings(later), Ratings { up: 2, down: 3, week: this + 1 });
        conduct.rate(None, false, this + 1);
        assert_eq!(conduct.ratings(later), Ratings { up: 2, down: 4, week: this + 1 });
        assert!(conduct.is_spent(NOW.after(days(70))));
    }

    #[test]
    fn decisions_weigh_more_than_reports_and_are_taken_back() {
        let decision = |verdict| Decision {
            user: UserId(1),
            verdict,
            until: None,
            by: None,
            report: None,
            reason: String::new(),
            at: NOW,
        };
        let rules = TrustRules::default();
        for (verdict, trust) in [
            (Verdict::Warn, Trust::Normal),
            (Verdict::Mute, Trust::Normal),
            (Verdict::BanDay, Trust::Reported),
        ] {
            let mut conduct = Conduct::default();
            let Some(Judgement::Against(complaint)) = Judgement::of_decision(&decision(verdict)) else {
                panic!("{verdict:?}")
            };
            conduct.complain(complaint);
            assert_eq!(rules.trust(&conduct, NOW), trust, "{verdict:?}");
            let Some(Judgement::Withdrawn(origin)) = Judgement::of_decision(&decision(Verdict::Undo)) else {
                panic!()
            };
            conduct.withdraw(origin);
            assert_eq!(conduct, Conduct::default());
        }
        assert_eq!(Judgement::of_decision(&decision(Verdict::Dismiss)), None, "of no report");
    }

    #[test]
    fn rules_can_be_turned_off() {
        let rules = TrustRules { weight: 0, ratings: 0, ..TrustRules::default() };
        let mut conduct = Conduct::default();
        for user in 0..5 {
            conduct.complain(complaint(user, 3, NOW));
            conduct.rate(None, false, week(NOW));
        }
        assert_eq!(rules.trust(&conduct, NOW), Trust::Normal);
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
