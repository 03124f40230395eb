//! How near the pairs come to the best there are.

use hamdam_domain::engine::Rules;

use crate::optimum::judge;
use crate::population::{NOW, SKEWS, people};

#[test]
fn pairs_are_near_the_optimum_in_worth_and_in_number() {
    let rules = Rules { across_bots: true, ..Rules::default() };
    for skew in &SKEWS {
        for (count, seed) in [(40, 1), (120, 2), (300, 3)] {
            let quality = judge(&people(skew, count, seed), &rules, NOW);
            let said = format!("{} {count}: {quality:?}", skew.name);
            println!("{said}");
            assert!(quality.worth >= 0.97, "{said}");
            assert!(quality.pairs >= 0.97, "{said}");
            assert!(quality.pairs_after_three >= 0.99, "{said}");
        }
    }
}
