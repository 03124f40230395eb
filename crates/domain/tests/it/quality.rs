//! How near the pairs come to the best there are.

use hamdam_domain::engine::Rules;

use crate::optimum::{Quality, judge};
use crate::population::{MIXED, NOW, SKEWS, people, with_lists};

#[test]
fn pairs_are_near_the_optimum_in_worth_and_in_number() {
    let rules = Rules { across_bots: true, ..Rules::default() };
    for skew in &SKEWS {
        for (count, seed) in [(40, 1), (120, 2), (300, 3)] {
            is_good(&format!("{} {count}", skew.name), &judge(&people(skew, count, seed), &rules, NOW));
        }
    }
    is_good("blocks", &judge(&with_lists(people(&MIXED, 300, 4), 20, 5), &rules, NOW));
}

fn is_good(name: &str, quality: &Quality) {
    assert!(quality.possible > 0, "{name}: nobody can meet");
    assert!(quality.worth >= 0.97, "{name}: {quality:?}");
    assert!(quality.pairs >= 0.97, "{name}: {quality:?}");
    assert!(quality.pairs_after_three >= 0.99, "{name}: {quality:?}");
}
