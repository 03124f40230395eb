//! An engine in use.

use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::engine::{Engine, Matcher, Rules, Workers};
use hamdam_domain::ticket::{Claimant, Ticket};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::population::{self, MIXED, NOW, Skew};

/// The default rules, with a batch that holds everybody.
pub(crate) fn rules() -> Rules {
    Rules { batch_size: 1_000_000, ..Rules::default() }
}

/// An engine in which these wait.
pub(crate) fn engine_with(people: &[Ticket]) -> Matcher {
    let mut engine = Matcher::new();
    for ticket in people {
        engine.add(ticket.clone());
    }
    engine
}

/// How long something keeps a core busy, and what comes of it. Not the time on the wall: the machine may have other work.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = busy();
    let done = work();
    (busy().saturating_sub(begun), done)
}

/// How long this thread has been on a core.
fn busy() -> Duration {
    let statistics =
        std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts time on a core");
    let nanoseconds = statistics.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.expect("the first number of schedstat"))
}

/// So many men who have just come and search women, and no woman.
pub(crate) fn bachelors(count: usize) -> Matcher {
    let men = Skew { men: 100, by_gender: 100, ..MIXED };
    let (mut engine, mut random) = (Matcher::new(), SmallRng::seed_from_u64(5));
    for user in (1..).take(count) {
        engine.add(population::person(&men, user, &mut random));
    }
    assert_eq!(engine.pair(&rules(), NOW), []);
    engine
}

/// A town in which far more men search than women, so that many wait for long.
pub(crate) struct Town {
    engine: Matcher,
    waiting: Vec<Claimant>,
    random: SmallRng,
    next_user: i64,
    pub(crate) now: Millis,
    pub(crate) paired: usize,
}

const MANY_MEN: Skew = Skew { name: "many men", men: 85, by_gender: 95, ..MIXED };

impl Town {
    /// So many wait whom nothing more gives way for, and could not be paired.
    pub(crate) fn crowded(waiting: usize, workers: Arc<dyn Workers>) -> Self {
        let mut town = Self {
            engine: Matcher::with(workers),
            waiting: Vec::new(),
            random: SmallRng::seed_from_u64(7),
            next_user: 1,
            now: NOW,
            paired: 0,
        };
        while town.engine.len() < waiting {
            for _ in 0..(waiting - town.engine.len()).max(1_000) {
                town.arrive(300_000);
            }
            town.engine.pair(&rules(), town.now);
        }
        town.engine.pair(&rules(), town.now);
        town
    }

    fn arrive(&mut self, waited: i64) {
        let ticket = population::person(&MANY_MEN, self.next_user, &mut self.random);
        self.next_user += 1;
        self.waiting.push(ticket.claimant);
        self.engine.add(Ticket { waiting_since: Millis(self.now.0 - waited), ..ticket });
    }

    /// Half of the changes are people who leave, half who come. Answers what the changes and the batch took.
    pub(crate) fn batch_of_changes(&mut self, changes: usize) -> Duration {
        self.now.0 += 200;
        let leaving: Vec<Claimant> = (0..changes / 2)
            .map(|_| self.waiting.swap_remove(self.random.random_range(0..self.waiting.len())))
            .collect();
        let coming: Vec<Ticket> = (0..changes / 2)
            .map(|_| {
                let ticket = population::person(&MANY_MEN, self.next_user, &mut self.random);
                self.next_user += 1;
                self.waiting.push(ticket.claimant);
                Ticket { waiting_since: self.now, ..ticket }
            })
            .collect();
        let engine = &mut self.engine;
        let (took, pairs) = timed(|| {
            for claimant in &leaving {
                engine.remove(claimant);
            }
            for ticket in coming {
                engine.add(ticket);
            }
            engine.pair(&rules(), self.now)
        });
        self.paired += pairs.len();
        took
    }

    pub(crate) fn waiting(&self) -> usize {
        self.engine.len()
    }
}
