//! What trust follows from somebody's conduct.

use std::time::Duration;

use super::{Conduct, DAY, Ratings};
use crate::clock::Millis;
use crate::wish::Trust;

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
    use super::super::{Complaint, Judgement, Origin, day, week};
    use super::*;
    use crate::id::UserId;
    use crate::safety::{Decision, Verdict};

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
}
