//! When people come: few at night, most in the evening, by the clocks of where they live.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use rand::Rng;

use super::Town;
use super::dice::{For, dice, how_often, weighted};
use super::people::Person;

/// The time at which everything begins.
pub(super) const DAWN: Millis = Millis(1_800_000_000_000);

/// By the clocks of most people it is then this hour, when fewest are awake: a day that begins with nobody there begins
/// as days do.
pub(super) const FIRST_HOUR: u8 = 4;

/// How many come in each hour of the day, beside each other.
const BY_HOUR: [u32; 24] =
    [90, 60, 35, 20, 12, 10, 15, 25, 35, 45, 50, 55, 65, 70, 65, 60, 65, 75, 90, 110, 140, 170, 180, 140];

const HOUR: i64 = 3_600_000;

/// The hour of the day, by the clocks of most people.
pub(super) fn hour_of_day(at: Millis) -> u8 {
    let passed = (at.0 - DAWN.0).div_euclid(HOUR) + i64::from(FIRST_HOUR);
    u8::try_from(passed.rem_euclid(24)).expect("a day has 24 hours")
}

/// Every visit: when, and whose.
pub(super) fn visits(town: &Town, people: &[Person]) -> Vec<(Millis, usize)> {
    let end = DAWN.after(town.lasts);
    let days = town.lasts.as_secs().div_ceil(Duration::from_hours(24).as_secs());
    let mut all = Vec::new();
    for (number, person) in people.iter().enumerate() {
        let mut dice = dice(town.seed, number, For::Visits);
        for day in 0..i64::try_from(days).expect("few days") {
            for _ in 0..how_often(town.visits_a_day, &mut dice) {
                let hour = i64::try_from(weighted(BY_HOUR.into_iter(), &mut dice)).expect("a small number");
                let hours = (hour - person.hours_ahead - i64::from(FIRST_HOUR)).rem_euclid(24);
                let at = DAWN.0 + (day * 24 + hours) * HOUR + dice.random_range(0..HOUR);
                all.push((Millis(at), number));
            }
        }
    }
    all.retain(|(at, _)| *at < end);
    all.sort_unstable();
    all
}
