//! One batch, shared by several workers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::engine::{Alone, Engine, Matcher, Pair, Rules, Workers};
use hamdam_domain::rules::Priority;
use hamdam_domain::ticket::Ticket;

use crate::population::{MIXED, NOW, SKEWS, people, with_lists};
use crate::threads::Threads;

/// Patience ends soon, so that many are elders and envy the pairs of others.
fn rules() -> Rules {
    let priority = Priority { patience: Duration::from_secs(20), ..Priority::default() };
    Rules { across_bots: true, batch_size: 100_000, priority, ..Rules::default() }
}

/// Everybody but every third comes at once, then the others, and of those who wait some leave.
fn pairs(people: &[Ticket], workers: Arc<dyn Workers>) -> Vec<Vec<Pair>> {
    let mut engine = Matcher::with(workers);
    let (mut later, mut batches) = (Vec::new(), Vec::new());
    for (number, ticket) in people.iter().enumerate() {
        if number % 3 == 0 { later.push(ticket.clone()) } else { engine.add(ticket.clone()) }
    }
    for batch in 0..3 {
        batches.push(engine.pair(&rules(), Millis(NOW.0 + batch * 15_000)));
        for (number, ticket) in later.split_off(later.len() / 2).into_iter().enumerate() {
            engine.remove(&people[number].claimant);
            engine.add(ticket);
        }
    }
    batches
}

fn is_the_same(name: &str, people: &[Ticket]) {
    let alone = pairs(people, Arc::new(Alone));
    assert!(alone.iter().all(|batch| !batch.is_empty()), "{name}: nobody meets in a batch");
    for count in [2, 3, 8] {
        let threads = Arc::new(Threads::of(count));
        let shared = pairs(people, Arc::clone(&threads) as Arc<dyn Workers>);
        assert!(threads.parts.load(Ordering::Relaxed) >= 2 * count, "{name}: nothing was shared by {count}");
        assert!(shared == alone, "{name}: other pairs with {count} workers");
    }
}

#[test]
fn the_pairs_are_the_same_however_many_work() {
    for skew in &SKEWS {
        is_the_same(skew.name, &people(skew, 900, 21));
    }
    is_the_same("blocks", &with_lists(people(&MIXED, 900, 22), 20, 23));
}

/// Where the engine looks less closely.
#[test]
fn a_mass_is_paired_the_same_however_many_work() {
    is_the_same("a mass", &with_lists(people(&MIXED, 12_000, 24), 5, 25));
}
