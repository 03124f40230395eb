//! What gives way while somebody waits: a pure function of the wish, the time waited and the schedule.

use std::time::Duration;

use crate::rules::{Ease, Schedule, Widen};
use crate::wish::{AgeRange, Genders, Reach, Wants};

/// How many steps of the schedule were taken by somebody who waited so long.
pub(super) fn stage(schedule: &Schedule, wants: &Wants, waited: Duration) -> usize {
    if wants.widened {
        return schedule.steps().len();
    }
    schedule.steps().partition_point(|step| step.after <= waited)
}

/// What holds at a stage.
pub(super) fn ease(schedule: &Schedule, stage: usize) -> Ease {
    stage.checked_sub(1).map_or(Ease::NONE, |last| schedule.steps()[last].ease)
}

/// The wish as it stands after `ease`.
pub(super) fn eased(wants: &Wants, ease: &Ease) -> Wants {
    Wants {
        genders: if ease.any_gender && wants.yields.gender { Genders::ALL } else { wants.genders },
        ages: ages(wants, ease.years),
        reach: reach(wants.reach, ease.reach),
        same_language: wants.same_language && !ease.any_language,
        ..*wants
    }
}

/// Upwards by itself; downwards only if the user said so.
fn ages(wants: &Wants, years: u8) -> AgeRange {
    if wants.ages == AgeRange::ANY || years == 0 {
        return wants.ages;
    }
    wants.ages.wider_by(if wants.yields.age { years } else { 0 }, years)
}

fn reach(wished: Reach, widen: Widen) -> Reach {
    let Widen::Times(factor) = widen else { return Reach::Anywhere };
    match wished {
        Reach::Within(distance) => distance.times(factor).map_or(Reach::Anywhere, Reach::Within),
        level => (0..factor.max(1).ilog2()).fold(level, |level, _| match level {
            Reach::City => Reach::Region,
            Reach::Region => Reach::Country,
            _ => Reach::Anywhere,
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::card::Card;
    use crate::engine::tests::people;
    use crate::wish::{Gender, Kilometres, Yields};

    fn within(km: u32) -> Reach {
        Reach::Within(Kilometres::new(km).unwrap())
    }

    #[test]
    fn steps_are_taken_when_their_time_has_come_and_at_once_by_who_widened() {
        let schedule = Schedule::default();
        let at = |seconds, widened| {
            stage(&schedule, &Wants { widened, ..Wants::default() }, Duration::from_secs(seconds))
        };
        assert_eq!([0, 9, 10, 20, 40, 90, 120, 999].map(|s| at(s, false)), [0, 0, 1, 2, 3, 4, 5, 5]);
        assert_eq!(at(0, true), 5);
    }

    #[test]
    fn a_distance_widens_by_its_factor_and_a_level_by_its_doublings() {
        assert_eq!(reach(within(50), Widen::Times(4)), within(200));
        assert_eq!(reach(within(9_000), Widen::Times(4)), Reach::Anywhere);
        assert_eq!(reach(Reach::City, Widen::Times(1)), Reach::City);
        assert_eq!(reach(Reach::City, Widen::Times(4)), Reach::Country);
        assert_eq!(reach(Reach::Country, Widen::Times(2)), Reach::Anywhere);
        assert_eq!(reach(Reach::Anywhere, Widen::Times(2)), Reach::Anywhere);
    }

    #[test]
    fn gender_and_lowest_age_stay_unless_the_user_said_so() {
        let all = ease(&Schedule::default(), 5);
        let strict = Wants {
            genders: Genders::only(Gender::Female),
            ages: AgeRange::new(30, 40).unwrap(),
            ..Wants::default()
        };
        let still = eased(&strict, &all);
        assert_eq!((still.genders, still.ages), (strict.genders, AgeRange::new(30, 50).unwrap()));
        let willing = Wants { yields: Yields { gender: true, age: true }, ..strict };
        let now = eased(&willing, &all);
        assert_eq!((now.genders, now.ages), (Genders::ALL, AgeRange::new(20, 50).unwrap()));
    }

    proptest! {
        /// Whom a wish takes at one stage, it takes at every later one.
        #[test]
        fn a_wish_only_widens(two in prop::array::uniform2(people::wishes()), stage in 0_usize..5) {
            let schedule = Schedule::default();
            let claimant = people::open(1, 0).claimant;
            let card = |n: usize, stage| Card::new(&claimant, &two[n], &ease(&schedule, stage), true);
            let (one, other) = (card(0, stage), card(1, 0));
            if one.takes(&other) {
                prop_assert!(card(0, stage + 1).takes(&other));
            }
        }
    }
}
