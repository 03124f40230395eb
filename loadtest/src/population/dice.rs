//! Chance. All of it comes from the seed, and what happens to one person does not change another's luck, so that two
//! sets of rules are tried on the same people who come at the same times.

use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// What the dice are thrown for.
#[derive(Clone, Copy, Debug)]
pub(super) enum For {
    /// What somebody is.
    Person,
    /// When they come.
    Visits,
    /// How one search goes: of so many before it.
    Search(u32),
}

/// Dice of one person for one purpose.
pub(super) fn dice(seed: u64, person: usize, purpose: For) -> SmallRng {
    let purpose = match purpose {
        For::Person => 0,
        For::Visits => 1,
        For::Search(number) => 2 + u64::from(number),
    };
    // Odd factors (Knuth's MMIX, the golden ratio): neighbours get seeds that have nothing in common.
    let person = (person as u64).wrapping_mul(6_364_136_223_846_793_005);
    SmallRng::seed_from_u64(seed ^ person ^ purpose.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Happens to one in so many.
pub(super) fn one_in(many: u32, dice: &mut SmallRng) -> bool {
    dice.random_range(0..many) == 0
}

/// Happens to so many of a hundred.
pub(super) fn per_cent(share: u32, dice: &mut SmallRng) -> bool {
    dice.random_range(0..100) < share
}

/// One of these, by weight.
pub(super) fn weighted(weights: impl Iterator<Item = u32> + Clone, dice: &mut SmallRng) -> usize {
    let mut left = dice.random_range(0..weights.clone().sum());
    let mut number = 0;
    for weight in weights {
        if left < weight {
            break;
        }
        left -= weight;
        number += 1;
    }
    number
}

/// The first are many, the later ever fewer.
pub(super) fn skewed(most: u16, dice: &mut SmallRng) -> u16 {
    let up_to = dice.random_range(0..most);
    let up_to = dice.random_range(0..=up_to);
    dice.random_range(0..=up_to)
}

/// How often something happens that happens so often on average (Knuth, TAOCP 3.4.1).
pub(super) fn how_often(on_average: f64, dice: &mut SmallRng) -> u32 {
    let (limit, mut product, mut times) = ((-on_average).exp(), dice.random::<f64>(), 0);
    while product > limit {
        product *= dice.random::<f64>();
        times += 1;
    }
    times
}

/// A number that is 1 on average and forgets how long it lasted (exponential).
pub(super) fn lasting(dice: &mut SmallRng) -> f64 {
    -(1.0 - dice.random::<f64>()).ln()
}

/// A time between two.
pub(super) fn between(least: Duration, most: Duration, dice: &mut SmallRng) -> Duration {
    Duration::from_secs_f64(dice.random_range(least.as_secs_f64()..most.as_secs_f64()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_are_those_asked_for() {
        let mut dice = dice(1, 1, For::Person);
        let mean = |sum: f64| sum / 20_000.0;
        let often = mean((0..20_000).map(|_| f64::from(how_often(1.7, &mut dice))).sum());
        assert!((often - 1.7).abs() < 0.05, "{often}");
        let lasts = mean((0..20_000).map(|_| lasting(&mut dice)).sum());
        assert!((lasts - 1.0).abs() < 0.05, "{lasts}");
        let third =
            mean((0..20_000).map(|_| f64::from(weighted([1, 0, 2].into_iter(), &mut dice) == 0)).sum());
        assert!((third - 0.333).abs() < 0.02, "{third}");
    }
}
