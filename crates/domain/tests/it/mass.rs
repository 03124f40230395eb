//! Many at once, where the engine has no time to look closely.

use std::collections::BTreeSet;

use hamdam_domain::engine::{Engine, Matcher, Rules, Weighing};
use hamdam_domain::ticket::Ticket;

use crate::population::{MIXED, NOW, people, with_lists};

#[test]
fn a_mass_is_paired_by_the_same_rules_and_nobody_is_left_beside_another() {
    let rules = Rules { batch_size: 100_000, ..Rules::default() };
    let people = with_lists(people(&MIXED, 8_000, 11), 5, 12);
    let weighing = Weighing::new(&people, &rules, NOW);
    let mut engine = Matcher::new();
    for ticket in &people {
        engine.add(ticket.clone());
    }
    let number = |ticket: &Ticket| usize::try_from(ticket.claimant.user.0 - 1).expect("numbered from 1");
    let mut left: BTreeSet<usize> = (0..people.len()).collect();
    let first = engine.pair(&rules, NOW);
    let second = engine.pair(&rules, NOW);
    assert!(second.len() * 50 < first.len(), "{} pairs, and {} the next time", first.len(), second.len());
    for pair in first.iter().chain(&second) {
        let (one, other) = (number(&pair.first), number(&pair.second));
        assert!(weighing.worth(one, other).is_some(), "{pair:?}");
        assert!(left.remove(&one) && left.remove(&other), "twice: {pair:?}");
    }
    assert_eq!(engine.len(), left.len());
    for one in &left {
        for other in left.range(one + 1..) {
            assert_eq!(weighing.worth(*one, *other), None, "{one} and {other} were left beside each other");
        }
    }
}
