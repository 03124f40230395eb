//! Threads for pairing. A batch of a large pool takes the processor for many milliseconds, and whatever else the loops'
//! own threads have to do would wait for it.

use std::sync::Arc;
use std::thread::available_parallelism;

use futures::FutureExt;
use futures::future::BoxFuture;
use hamdam_domain::clock::Millis;
use hamdam_domain::engine::{Engine, Part, Rules, Workers};
use tokio::task::JoinError;

use crate::matchmaker::{OnTheSpot, Paired, Pairing};

/// Pairs on threads apart, and large pools on several at once.
#[derive(Debug)]
pub(super) struct Threads {
    /// From so many tickets on a pool is too large for one.
    large: usize,
    /// As many as there are processors.
    count: usize,
}

/// So few are paired within a moment, whatever they wish: sooner than another thread would begin.
const HANDFUL: usize = 100;

impl Threads {
    pub(super) fn new(large: usize) -> Arc<Self> {
        Arc::new(Self { large, count: available_parallelism().map_or(1, usize::from) })
    }
}

impl Workers for Threads {
    fn count(&self, tickets: usize) -> usize {
        if tickets < self.large { 1 } else { self.count }
    }

    fn work(&self, mut parts: Vec<Part<'_>>) {
        let mine = parts.pop();
        std::thread::scope(|scope| {
            for part in parts {
                scope.spawn(part);
            }
            if let Some(part) = mine {
                part();
            }
        });
    }
}

impl Pairing for Threads {
    fn pair(&self, mut engine: Box<dyn Engine>, rules: &Rules, now: Millis) -> BoxFuture<'static, Paired> {
        if engine.len() <= HANDFUL {
            return OnTheSpot.pair(engine, rules, now);
        }
        let rules = rules.clone();
        let paired = tokio::task::spawn_blocking(move || {
            let pairs = engine.pair(&rules, now);
            (engine, pairs)
        });
        async move {
            match paired.await.map_err(JoinError::try_into_panic) {
                Ok(paired) => paired,
                // This loop ends like any that panics.
                Err(Ok(panic)) => std::panic::resume_unwind(panic),
                // The runtime ends, and this loop with it.
                Err(Err(_)) => std::future::pending().await,
            }
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::thread::{ThreadId, current};

    use hamdam_domain::engine::Pair;
    use hamdam_domain::ticket::{Claimant, Ticket};

    use super::*;

    /// In which so many seem to wait, and which notes where it pairs.
    #[derive(Clone, Debug)]
    struct Seen(usize, Arc<Mutex<Vec<ThreadId>>>);

    impl Engine for Seen {
        fn add(&mut self, _ticket: Ticket) {}
        fn remove(&mut self, _claimant: &Claimant) {}
        fn len(&self) -> usize {
            self.0
        }
        fn pair(&mut self, _rules: &Rules, _now: Millis) -> Vec<Pair> {
            self.1.lock().unwrap().push(current().id());
            Vec::new()
        }
    }

    #[tokio::test]
    async fn many_are_paired_off_the_loops_thread_and_a_handful_on_it() {
        let (threads, seen) = (Threads::new(1_000), Arc::default());
        for tickets in [HANDFUL, HANDFUL + 1] {
            let engine = Box::new(Seen(tickets, Arc::clone(&seen)));
            let (engine, pairs) = threads.pair(engine, &Rules::default(), Millis(0)).await;
            assert_eq!((engine.len(), pairs.len()), (tickets, 0), "the engine comes back");
        }
        let here = seen.lock().unwrap().iter().map(|thread| *thread == current().id()).collect::<Vec<_>>();
        assert_eq!(here, [true, false]);
    }

    #[tokio::test]
    #[should_panic(expected = "a batch that cannot be")]
    async fn a_panic_of_the_engine_ends_the_loop() {
        #[derive(Debug)]
        struct Broken;
        impl Engine for Broken {
            fn add(&mut self, _ticket: Ticket) {}
            fn remove(&mut self, _claimant: &Claimant) {}
            fn len(&self) -> usize {
                1_000
            }
            fn pair(&mut self, _rules: &Rules, _now: Millis) -> Vec<Pair> {
                panic!("a batch that cannot be")
            }
        }
        Threads::new(1).pair(Box::new(Broken), &Rules::default(), Millis(0)).await;
    }

    #[test]
    fn only_a_large_pool_is_shared_and_every_part_is_done() {
        let threads = Threads { large: 1_000, count: 3 };
        assert_eq!([999, 1_000].map(|tickets| threads.count(tickets)), [1, 3]);
        let done = Mutex::new(Vec::new());
        let part = |number: usize| {
            let done = &done;
            Box::new(move || done.lock().unwrap().push((number, current().id()))) as Part<'_>
        };
        threads.work((0..3).map(part).collect());
        let mut done = done.into_inner().unwrap();
        done.sort_unstable_by_key(|(number, _)| *number);
        assert_eq!(done.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(
            done.iter().filter(|(_, thread)| *thread == current().id()).count(),
            1,
            "one of them here"
        );
        threads.work(Vec::new());
    }
}
