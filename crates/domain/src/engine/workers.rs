//! Several workers at one batch of a pool too large for one.
//!
//! What a batch costs is looking: whoever is new is held against those who wait. So that is what is shared out. The
//! tickets that look are cut into parts, each in one worker's hands and no other's, and a look changes nothing. Pairs are
//! made of what all of them found, in one place, when the last has come back. So no ticket can be paired twice, nobody
//! stands on the wrong side of a border between parts, and the pairs are the same however many work.

use std::fmt;

/// A part of the work on a batch. Parts know nothing of each other.
pub type Part<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Who works on a batch. The engine says what there is to do, and these have the threads.
pub trait Workers: fmt::Debug + Send + Sync {
    /// How many work on a pool of so many tickets.
    fn count(&self, tickets: usize) -> usize;

    /// Has all parts done before it returns: at once or one after the other, in any order.
    fn work(&self, parts: Vec<Part<'_>>);
}

/// Whoever calls does all of it.
#[derive(Debug)]
pub struct Alone;

impl Workers for Alone {
    fn count(&self, _tickets: usize) -> usize {
        1
    }

    fn work(&self, parts: Vec<Part<'_>>) {
        for part in parts {
            part();
        }
    }
}

/// Those who work on one batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crew<'a> {
    workers: &'a dyn Workers,
    count: usize,
}

impl<'a> Crew<'a> {
    /// For a pool of so many tickets.
    pub(super) fn of(workers: &'a dyn Workers, tickets: usize) -> Self {
        Self { workers, count: workers.count(tickets).max(1) }
    }

    /// Fewer tickets are not worth a second worker.
    const LEAST: usize = 32;

    /// Cuts these into as many parts as there are workers, and answers what comes of each, in order.
    pub(super) fn share<T: Sync, R: Send>(self, all: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
        let parts: Vec<&[T]> = all.chunks(all.len().div_ceil(self.count).max(Self::LEAST)).collect();
        if let [whole] = parts[..] {
            return vec![work(whole)];
        }
        let mut done: Vec<Option<R>> = parts.iter().map(|_| None).collect();
        let work = &work;
        let begun =
            done.iter_mut().zip(parts).map(|(done, part)| Box::new(move || *done = Some(work(part))) as Part);
        self.workers.work(begun.collect());
        done.into_iter().map(|done| done.expect("workers do every part")).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use proptest::prelude::*;

    use super::*;

    /// So many, of whom the last comes first.
    #[derive(Debug)]
    struct Several(usize);

    impl Workers for Several {
        fn count(&self, _tickets: usize) -> usize {
            self.0
        }

        fn work(&self, parts: Vec<Part<'_>>) {
            for part in parts.into_iter().rev() {
                part();
            }
        }
    }

    proptest! {
        /// Every one is in one part, and what comes of them is in the order they were in.
        #[test]
        fn parts_are_disjoint_and_make_up_the_whole(all in prop::collection::vec(any::<u16>(), 0..500), count in 0_usize..9) {
            let seen = Mutex::new(Vec::new());
            let several = Several(count);
            let doubled = Crew::of(&several, 1).share(&all, |part| {
                seen.lock().unwrap().extend(part.iter().map(std::ptr::from_ref).map(<*const u16>::addr));
                part.iter().map(|one| u32::from(*one) * 2).collect::<Vec<_>>()
            });
            prop_assert!(doubled.len() <= count.max(1));
            prop_assert_eq!(doubled.concat(), all.iter().map(|one| u32::from(*one) * 2).collect::<Vec<_>>());
            let mut seen = seen.into_inner().unwrap();
            seen.sort_unstable();
            seen.dedup();
            prop_assert_eq!(seen.len(), all.len(), "each in one part");
        }
    }
}
