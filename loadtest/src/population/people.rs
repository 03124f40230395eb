//! Who they are, whom they wish for, and how long they bear waiting.

use std::time::Duration;

use hamdam_domain::id::BotId;
use hamdam_domain::profile::Language;
use hamdam_domain::ticket::Wishes;
use hamdam_domain::wish::{
    Age, AgeRange, Class, Facts, Gender, Genders, Interest, Interests, Kilometres, Mode, Reach, Tongue,
    Tongues, Trust, Wants, Yields,
};
use rand::Rng;
use rand::rngs::SmallRng;

use super::Town;
use super::dice::{For, between, dice, one_in, per_cent, skewed};
use super::places::{Home, Size, home};

/// One of the population.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// What they are and want; their lists are empty at first.
    pub(super) wishes: Wishes,
    /// Through which bot they come.
    pub(super) bot: BotId,
    /// How large the place is that they live in.
    pub(super) size: Size,
    /// By so many hours their clocks are ahead of most people's.
    pub(super) hours_ahead: i64,
    /// How long they bear a search on average.
    pub(super) patience: Duration,
}

/// Everybody.
pub(super) fn people(town: &Town) -> Vec<Person> {
    (0..town.people).map(|number| person(town, &mut dice(town.seed, number, For::Person))).collect()
}

/// Of the bots the first is the best known.
fn person(town: &Town, dice: &mut SmallRng) -> Person {
    let Home { place, size, hours_ahead, tongues } = home(dice);
    let facts = Facts {
        gender: gender(town.men, dice),
        age: age(dice),
        languages: languages(tongues, dice),
        place,
        interests: interests(dice),
        trust: match dice.random_range(0..100) {
            0..2 => Trust::Reported,
            2..20 => Trust::New,
            _ => Trust::Normal,
        },
        class: Class(match dice.random_range(0..100) {
            0 => 2,
            1..6 => 1,
            _ => 0,
        }),
        agreed: false,
        muted_until: None,
    };
    let language = if one_in(8, dice) { Language::En } else { Language::Fa };
    let wishes = Wishes { language, wants: wants(&facts, dice), facts, ..Wishes::default() };
    let bot = BotId(1 + i64::from(skewed(town.bots, dice)));
    let patience = between(Duration::from_secs(30), Duration::from_mins(4), dice);
    Person { wishes, bot, size, hours_ahead, patience }
}

/// Two of a hundred are neither, two do not say.
fn gender(men: u32, dice: &mut SmallRng) -> Option<Gender> {
    match dice.random_range(0..100) {
        0..2 => None,
        2..4 => Some(Gender::Other),
        _ if per_cent(men, dice) => Some(Gender::Male),
        _ => Some(Gender::Female),
    }
}

/// Most are young; one in fourteen does not say.
fn age(dice: &mut SmallRng) -> Option<Age> {
    let years = 18 + dice.random_range(0..12) + dice.random_range(0..20) * dice.random_range(0..2_u8);
    if one_in(14, dice) { None } else { Age::new(years).ok() }
}

/// Nine of ten speak what most speak there, three of ten what some do.
fn languages(spoken: [&str; 2], dice: &mut SmallRng) -> Tongues {
    let [most, some] = spoken.map(|code| Tongue::new(code).expect("two letters"));
    let both = match dice.random_range(0..10) {
        0 => vec![some],
        1..3 => vec![most, some],
        _ => vec![most],
    };
    Tongues::new(&both).expect("two are not too many")
}

fn interests(dice: &mut SmallRng) -> Interests {
    let how_many = dice.random_range(0..=10_u8).min(dice.random_range(0..=10));
    let tags: Vec<Interest> = (0..how_many).map(|_| Interest(1 + skewed(200, dice))).collect();
    Interests::new(&tags).expect("ten are not too many")
}

/// Seven of ten men wish a woman and nobody else, half of the women a man.
fn wants(facts: &Facts, dice: &mut SmallRng) -> Wants {
    let roll = dice.random_range(0..100);
    let genders = match facts.gender {
        Some(Gender::Male) if roll < 70 => Genders::only(Gender::Female),
        Some(Gender::Female) if roll < 50 => Genders::only(Gender::Male),
        Some(Gender::Female) if roll < 60 => Genders::only(Gender::Female),
        _ => Genders::ALL,
    };
    Wants {
        genders,
        ages: if per_cent(45, dice) { ages(facts, dice) } else { AgeRange::ANY },
        reach: reach(facts, dice),
        same_language: per_cent(20, dice),
        mode: if per_cent(4, dice) { Mode::Protected } else { Mode::Open },
        yields: Yields { gender: per_cent(20, dice), age: per_cent(30, dice) },
        widened: false,
        texts: None,
    }
}

/// Around their own age: men rather below, women rather above.
fn ages(facts: &Facts, dice: &mut SmallRng) -> AgeRange {
    let Some(age) = facts.age else { return AgeRange::ANY };
    let (near, far) = (dice.random_range(2..5), dice.random_range(4..12));
    let (below, above) = if facts.gender == Some(Gender::Male) { (far, near) } else { (near, far) };
    let least = age.years().saturating_sub(below).max(Age::LEAST.years());
    AgeRange::new(least, age.years() + above).expect("in order, and far from the oldest")
}

/// Three of ten who say where they are want somebody near.
fn reach(facts: &Facts, dice: &mut SmallRng) -> Reach {
    let roll = dice.random_range(0..100);
    let distance = Kilometres::new(dice.random_range(2..=20) * 10).expect("a distance");
    match (facts.place.country, facts.place.spot) {
        (Some(_), Some(_)) => match roll {
            0..6 => Reach::City,
            6..10 => Reach::Region,
            10..16 => Reach::Country,
            16..30 => Reach::Within(distance),
            _ => Reach::Anywhere,
        },
        (Some(_), None) if roll < 20 => Reach::Country,
        _ => Reach::Anywhere,
    }
}
