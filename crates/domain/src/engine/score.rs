//! What a pair is worth.
//!
//! To be a pair at all counts as much as everything else together, so that two middling pairs beat one perfect pair and
//! a person left over. All points are whole numbers: the same on every machine.

use super::card::Card;
use crate::wish::{Kilometres, Place};

/// For being a pair.
pub(super) const PAIR: u32 = 1_000;
/// For one bot: what they send needs no copy.
const SAME_BOT: u32 = 100;
/// For a language in common.
const LANGUAGE: u32 = 150;
/// For one, two, three interests in common; more add nothing.
const INTERESTS: [u32; 4] = [0, 120, 200, 250];
/// For ages alike, less [`AGE_STEP`] for each year between them.
const AGE: u32 = 100;
const AGE_STEP: u32 = 10;
/// For living in one city, region, country.
const CITY: u32 = 150;
const REGION: u32 = 80;
const COUNTRY: u32 = 40;
/// For so many kilometres between them at most.
const NEAR: [(u32, u32); 4] = [(10, CITY), (30, 120), (80, 90), (250, 50)];

/// The points of two who may meet, their waiting not counted. Symmetric.
pub(super) fn score(one: &Card, other: &Card) -> u32 {
    PAIR + SAME_BOT * u32::from(one.bot == other.bot)
        + LANGUAGE * u32::from(one.facts.languages.meet(&other.facts.languages))
        + interests(one, other)
        + ages(one, other)
        + nearness(&one.facts.place, &other.facts.place)
}

fn interests(one: &Card, other: &Card) -> u32 {
    let common = one.facts.interests.common(&other.facts.interests);
    let percent = one.interests_percent.min(other.interests_percent);
    INTERESTS[common.min(INTERESTS.len() - 1)] * u32::from(percent) / 100
}

fn ages(one: &Card, other: &Card) -> u32 {
    one.facts.age.zip(other.facts.age).map_or(0, |(one, other)| {
        AGE.saturating_sub(AGE_STEP * u32::from(one.years().abs_diff(other.years())))
    })
}

fn nearness(one: &Place, other: &Place) -> u32 {
    if one.shares_city(other) {
        return CITY;
    }
    let by_name = match (one.shares_region(other), one.shares_country(other)) {
        (true, _) => REGION,
        (false, true) => COUNTRY,
        (false, false) => 0,
    };
    let by_distance = one.spot.zip(other.spot).and_then(|(one, other)| {
        let within = |km: u32| one.within(other, Kilometres::new(km).expect("the table holds distances"));
        NEAR.iter().find(|(km, _)| within(*km)).map(|(_, points)| *points)
    });
    by_name.max(by_distance.unwrap_or(0))
}
