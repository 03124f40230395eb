//! What a search that lasts tries now, told to its user: which of their own wishes have given way, and how far.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::relax;
use crate::rules::{Ease, Schedule};
use crate::wish::{AgeRange, Genders, Reach, Wants, is_default};

/// Wishes that have given way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Tried {
    /// How near the other must be now.
    #[serde(skip_serializing_if = "is_default")]
    pub reach: Option<Reach>,
    /// A language in common is no condition any more.
    #[serde(skip_serializing_if = "is_default")]
    pub any_language: bool,
    /// How old they may be now.
    #[serde(skip_serializing_if = "is_default")]
    pub ages: Option<AgeRange>,
    /// Gender is no condition any more.
    #[serde(skip_serializing_if = "is_default")]
    pub any_gender: bool,
}

impl Tried {
    /// What somebody with these wishes tries after such a wait.
    #[must_use]
    pub fn after(waited: Duration, wants: &Wants, schedule: &Schedule) -> Self {
        Self::at(relax::stage(schedule, wants, waited), wants, schedule)
    }

    /// What they try once everything that may give way has.
    #[must_use]
    pub fn at_last(wants: &Wants, schedule: &Schedule) -> Self {
        Self::at(schedule.steps().len(), wants, schedule)
    }

    fn at(stage: usize, wants: &Wants, schedule: &Schedule) -> Self {
        let ease: Ease = relax::ease(schedule, stage);
        let now = relax::eased(wants, &ease);
        Self {
            reach: (now.reach != wants.reach).then_some(now.reach),
            any_language: wants.same_language && !now.same_language,
            ages: (now.ages != wants.ages).then_some(now.ages),
            any_gender: now.genders == Genders::ALL && wants.genders != Genders::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wish::{Gender, Kilometres, Yields};

    fn after(seconds: u64, wants: &Wants) -> Tried {
        Tried::after(Duration::from_secs(seconds), wants, &Schedule::default())
    }

    #[test]
    fn only_what_was_wished_and_gave_way_is_told() {
        let within = |km| Reach::Within(Kilometres::new(km).unwrap());
        let wants = Wants {
            genders: Genders::only(Gender::Female),
            ages: AgeRange::new(20, 30).unwrap(),
            reach: within(50),
            same_language: true,
            ..Wants::default()
        };
        assert_eq!(after(5, &wants), Tried::default());
        assert_eq!(after(15, &wants), Tried { reach: Some(within(100)), ..Tried::default() });
        let later = after(95, &wants);
        assert_eq!((later.reach, later.any_language), (Some(Reach::Anywhere), true));
        assert_eq!(later.ages, AgeRange::new(20, 35).ok());
        assert!(!after(999, &wants).any_gender, "never, unless the user said so");
        let yields = Yields { gender: true, age: true };
        assert!(after(999, &Wants { yields, ..wants }).any_gender);
        assert_eq!(after(999, &Wants::default()), Tried::default(), "who wishes nothing gives up nothing");
        assert_eq!(Tried::at_last(&wants, &Schedule::default()), after(999, &wants));
        assert_eq!(after(0, &Wants { widened: true, ..wants }), after(999, &wants));
    }
}
