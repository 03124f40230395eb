//! What must be true of a population, whatever the rules, and what rules must change.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hamdam_domain::rules::{Ease, Priority, Schedule, Step};
use hamdam_domain::wish::Gender;

use super::figures::{By, Figures};
use super::life::{End, Lived, live};
use super::people::people;
use super::visits::{hour_of_day, visits};
use super::*;

/// A small town from the small hours of a day to its midnight.
fn town() -> Town {
    Town {
        people: 1_500,
        lasts: Duration::from_hours(20),
        seed: 7,
        men: 78,
        bots: 3,
        visits_a_day: 2.0,
        interval: Duration::from_secs(1),
    }
}

fn never() -> Rules {
    Rules { schedule: Schedule::new(Vec::new()).unwrap(), ..Rules::default() }
}

/// Everything gives way after five seconds.
fn soon() -> Rules {
    let all = Rules::default().schedule.steps().last().unwrap().ease;
    let step = Step { after: Duration::from_secs(5), ease: Ease { any_bot: true, ..all } };
    Rules { schedule: Schedule::new(vec![step]).unwrap(), across_bots: true, ..Rules::default() }
}

fn named(rules: impl IntoIterator<Item = Rules>) -> Vec<(String, Rules)> {
    (1..).zip(rules).map(|(number, rules)| (format!("rules {number}"), rules)).collect()
}

fn outcomes<const N: usize>(town: &Town, rules: [Rules; N]) -> [Outcome; N] {
    compare(town, &named(rules)).try_into().expect("as many as rules")
}

#[test]
fn the_same_seed_gives_the_same_figures_and_another_others() {
    let told = |seed| {
        let outcomes = compare(&Town { seed, ..town() }, &named([Rules::default(), soon()]));
        (serde_json::to_string(&outcomes).unwrap(), table::of(&outcomes), page::of(&outcomes).unwrap())
    };
    assert_eq!(told(7), told(7));
    assert_ne!(told(7).0, told(8).0);
}

#[test]
fn nothing_is_broken_whatever_the_rules() {
    let hasty = Rules {
        not_again_for: Duration::ZERO,
        priority: Priority { head_starts: vec![Duration::ZERO], patience: Duration::from_secs(1) },
        batch_size: 3,
        ..soon()
    };
    for outcome in outcomes(&town(), [Rules::default(), never(), soon(), hasty]) {
        assert!(outcome.sound, "{}: {:?}", outcome.rules, outcome.broken);
        assert!(outcome.pairs > 300, "{}: only {} pairs", outcome.rules, outcome.pairs);
    }
}

fn lived(town: &Town, rules: &Rules) -> Lived {
    let people = people(town);
    live(town, rules, &people, &visits(town, &people))
}

/// By what is written of the searches alone: whom a search led to was led to this one, nobody else was, and nobody
/// searches again before.
#[test]
fn partners_have_each_other_and_nobody_else() {
    let Lived { searches, .. } = lived(&town(), &soon());
    let mut over = BTreeMap::new();
    for (number, search) in searches.iter().enumerate() {
        let before = over.get(&search.who).copied();
        assert!(before.is_none_or(|before| before < search.since), "{search:?} begins before {before:?}");
        let mut end = search.since;
        if let End::Met { partner, waited, .. } = search.end {
            end = search.since.after(waited);
            let other = searches[partner];
            let End::Met { partner: back, waited, .. } = other.end else {
                panic!("{search:?}, but {other:?}")
            };
            assert_eq!((back, other.since.after(waited)), (number, end), "{search:?}, but {other:?}");
            assert_ne!(other.who, search.who);
        }
        over.insert(search.who, end);
    }
    assert!(over.len() > 1_000, "{} came", over.len());
}

#[test]
fn two_meet_again_only_where_the_rules_allow_it() {
    let twice = |not_again_for| {
        let Lived { searches, .. } = lived(&town(), &Rules { not_again_for, ..soon() });
        let (mut met, mut twice) = (BTreeSet::new(), 0);
        for search in &searches {
            let End::Met { partner, .. } = search.end else { continue };
            twice += usize::from(!met.insert((search.who, searches[partner].who)));
        }
        twice
    };
    assert_eq!(twice(Duration::from_hours(24)), 0);
    assert!(twice(Duration::ZERO) > 0);
}

#[test]
fn counts_add_up() {
    for outcome in outcomes(&town(), [Rules::default(), soon()]) {
        let sum = |figures: &Figures| {
            assert_eq!(figures.searches, figures.met + figures.gave_up + figures.waiting);
            [figures.searches, figures.met, figures.gave_up, figures.waiting]
        };
        let all = sum(&outcome.everybody);
        assert_eq!(outcome.everybody.met, 2 * outcome.pairs);
        for by in By::ALL {
            let groups = outcome.groups[&by].values().map(sum);
            let together = groups.fold([0; 4], |all, one| std::array::from_fn(|at| all[at] + one[at]));
            assert_eq!(together, all, "by {}", by.name());
        }
        assert!(outcome.everybody.waiting > 0, "it ends at midnight, and somebody searches still");
    }
}

#[test]
fn who_never_relaxes_gives_up_more_and_who_relaxes_at_once_less() {
    let [usual, never, soon] = outcomes(&town(), [Rules::default(), never(), soon()]);
    let share = |outcome: &Outcome| outcome.everybody.gave_up_share;
    assert!(share(&never) > share(&usual) + 0.02, "{} and {}", share(&never), share(&usual));
    assert!(share(&usual) > share(&soon) + 0.02, "{} and {}", share(&usual), share(&soon));
}

#[test]
fn other_bots_are_met_only_where_the_rules_say_so() {
    let [apart, mixed] = outcomes(&town(), [Rules { across_bots: false, ..soon() }, soon()]);
    assert!(apart.everybody.cross_bot_share.abs() < f64::EPSILON);
    assert!(mixed.everybody.cross_bot_share > 0.05, "{}", mixed.everybody.cross_bot_share);
}

#[test]
fn a_head_start_is_a_shorter_wait() {
    // Crowded, and fair from the first moment: then the head start decides, and not who suits whom.
    let crowd = Town { people: 4_000, visits_a_day: 4.0, men: 85, ..town() };
    let with = |seconds: u64| Rules {
        priority: Priority {
            head_starts: vec![Duration::ZERO, Duration::from_secs(seconds)],
            patience: Duration::from_secs(1),
        },
        ..Rules::default()
    };
    let [without, with] = outcomes(&crowd, [with(0), with(600)]);
    let given_up = |outcome: &Outcome, class| outcome.group(By::Class, class).unwrap().gave_up_share;
    assert!(
        given_up(&with, "1") < given_up(&without, "1") * 0.8,
        "{} and {}",
        given_up(&with, "1"),
        given_up(&without, "1")
    );
    assert!(given_up(&with, "0") >= given_up(&without, "0"), "somebody pays for it");
}

#[test]
fn all_rules_meet_the_same_people_at_the_same_times() {
    let town = town();
    let firsts = |rules: &Rules| {
        let mut firsts = BTreeMap::new();
        for search in lived(&town, rules).searches {
            firsts.entry(search.who).or_insert(search.since);
        }
        firsts
    };
    let firsts = [never(), soon()].map(|rules| firsts(&rules));
    assert!(firsts[0].len() > town.people / 2);
    assert_eq!(firsts[0], firsts[1]);
}

#[test]
fn most_come_in_the_evening_and_men_are_many() {
    let town = Town { people: 20_000, lasts: Duration::from_hours(24), ..town() };
    let people = people(&town);
    let mut by_hour = [0_u32; 24];
    for (at, _) in visits(&town, &people) {
        by_hour[usize::from(hour_of_day(at))] += 1;
    }
    assert!(by_hour[22] > 8 * by_hour[5], "{by_hour:?}");
    let all: u32 = by_hour.iter().sum();
    assert!((38_000..42_000).contains(&all), "two visits each: {all}");
    let is = |gender| people.iter().filter(|person| person.wishes.facts.gender == Some(gender)).count();
    let (men, women) = (is(Gender::Male), is(Gender::Female));
    assert!((3 * women..4 * women).contains(&men), "{men} men and {women} women");
}
