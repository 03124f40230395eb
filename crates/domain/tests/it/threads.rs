//! Workers with a thread each.

use std::sync::atomic::{AtomicUsize, Ordering};

use hamdam_domain::engine::{Part, Workers};

/// So many, of whom the one who calls is one.
#[derive(Debug)]
pub(crate) struct Threads {
    count: usize,
    /// Parts that were done by all of them.
    pub(crate) parts: AtomicUsize,
}

impl Threads {
    pub(crate) fn of(count: usize) -> Self {
        Self { count, parts: AtomicUsize::new(0) }
    }
}

impl Workers for Threads {
    fn count(&self, _tickets: usize) -> usize {
        self.count
    }

    fn work(&self, mut parts: Vec<Part<'_>>) {
        self.parts.fetch_add(parts.len(), Ordering::Relaxed);
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
