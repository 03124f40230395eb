//! The figures the engine must reach, beside what it does.

use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::engine::{Alone, Engine, Matcher, Rules, Workers};
use hamdam_domain::ticket::Ticket;

use crate::optimum::{Quality, judge};
use crate::population::{self, MIXED, NOW, OPEN, SKEWS, Skew};
use crate::threads::Threads;
use crate::town::{self, Town, timed};

/// Measures and prints.
pub(crate) fn print() {
    println!("{:58} {:>12}   must be", "", "is");
    row("bytes a ticket, 200,000 waiting, resident", &format!("{:.0}", bytes_a_ticket()), "300");
    changes();
    for (skew, wanted) in [(OPEN, "100,000"), (MIXED, "50,000")] {
        let (pairs, adding, pairing) = speed(&skew, &(Arc::new(Alone) as Arc<dyn Workers>));
        let said = format!("{}: pairs/s of 100,000 tickets ({pairs} pairs)", skew.name);
        row(&said, &format!("{:.0}", per_second(pairs, pairing)), wanted);
        row("    with the time to add them", &format!("{:.0}", per_second(pairs, adding + pairing)), "");
        for workers in [2, 4] {
            let (pairs, _, pairing) = speed(&skew, &(Arc::new(Threads::of(workers)) as Arc<dyn Workers>));
            let said = format!("    shared by {workers}, in the time of the one who pairs");
            row(&said, &format!("{:.0}", per_second(pairs, pairing)), "");
        }
    }
    quality();
}

fn row(what: &str, is: &str, must_be: &str) {
    println!("{what:58} {is:>12}   {must_be}");
}

/// The best of three, since other work on the machine only ever slows down.
fn speed(skew: &Skew, workers: &Arc<dyn Workers>) -> (usize, Duration, Duration) {
    let people = population::people(skew, 100_000, 1);
    let run = |_| {
        let (tickets, mut engine) = (people.clone(), Matcher::with(Arc::clone(workers)));
        let (adding, ()) = timed(|| {
            for ticket in tickets {
                engine.add(ticket);
            }
        });
        let (pairing, pairs) = timed(|| engine.pair(&town::rules(), NOW));
        (pairs.len(), adding, pairing)
    };
    (0..3).map(run).min_by_key(|(_, _, pairing)| *pairing).expect("three runs")
}

#[expect(clippy::cast_precision_loss, reason = "numbers of thousands")]
fn per_second(pairs: usize, took: Duration) -> f64 {
    pairs as f64 / took.as_secs_f64()
}

/// Of those who wait because nobody is there for them.
#[expect(clippy::cast_precision_loss, reason = "numbers of millions")]
fn bytes_a_ticket() -> f64 {
    let before = resident_bytes();
    let engine = town::bachelors(200_000);
    (resident_bytes() - before) as f64 / engine.len() as f64
}

fn resident_bytes() -> i64 {
    let status = std::fs::read_to_string("/proc/self/statm").expect("Linux tells of memory");
    let pages = status.split(' ').nth(1).and_then(|pages| pages.parse::<i64>().ok());
    pages.expect("the second number of statm") * 4_096
}

/// Batches of 1,000 changes among 200,000 who wait.
fn changes() {
    let mut town = Town::crowded(200_000, Arc::new(Alone));
    let mut took: Vec<Duration> = (0..50).map(|_| town.batch_of_changes(1_000)).collect();
    took.sort_unstable();
    let said = format!("ms a batch of 1,000 changes, {} waiting, median", town.waiting());
    row(&said, &format!("{:.1}", took[25].as_secs_f64() * 1_000.0), "20");
    row("    the longest of 50", &format!("{:.1}", took[49].as_secs_f64() * 1_000.0), "");
    row("    pairs a batch", &format!("{}", town.paired / 50), "");
    for workers in [2, 4] {
        let mut town = Town::crowded(200_000, Arc::new(Threads::of(workers)));
        let mut took: Vec<Duration> = (0..50).map(|_| town.batch_of_changes(1_000)).collect();
        took.sort_unstable();
        let said = format!("    shared by {workers}, in the time of the one who pairs");
        row(&said, &format!("{:.1}", took[25].as_secs_f64() * 1_000.0), "");
    }
}

fn quality() {
    let rules = Rules { across_bots: true, ..town::rules() };
    let mut all: Vec<(&str, Vec<Ticket>)> =
        SKEWS.iter().map(|skew| (skew.name, population::people(skew, 2_000, 3))).collect();
    all.push(("blocks", population::with_lists(population::people(&MIXED, 2_000, 4), 50, 5)));
    for (name, people) in all {
        let (took, Quality { worth, pairs, pairs_after_three, possible }) =
            timed(|| judge(&people, &rules, NOW));
        let said = format!("{name}: worth, pairs, after three of {possible} ({:.0} s)", took.as_secs_f64());
        row(&said, &format!("{worth:.3} {pairs:.3} {pairs_after_three:.3}"), "0.97 0.97 0.99");
    }
}
