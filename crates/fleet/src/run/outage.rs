//! Says once that something is away, and once that it is back.

use std::collections::BTreeSet;
use std::fmt::Display;

/// Remembers which of several like things fail, so that the log gets two lines per outage and not two per attempt.
#[derive(Debug)]
pub(crate) struct Outage<K> {
    what: &'static str,
    failing: BTreeSet<K>,
}

impl<K: Ord> Outage<K> {
    /// Nothing fails yet. `what` goes on with "fails" in the log.
    pub(crate) fn new(what: &'static str) -> Self {
        Self { what, failing: BTreeSet::new() }
    }

    /// `key` did not work.
    pub(crate) fn failed(&mut self, key: K, error: &dyn Display) {
        if self.failing.is_empty() {
            tracing::warn!(%error, "{} fails; it is tried again until it works", self.what);
        } else {
            tracing::debug!(%error, "{} still fails", self.what);
        }
        self.failing.insert(key);
    }

    /// `key` worked, or is none of our business any more.
    pub(crate) fn over(&mut self, key: &K) {
        if self.failing.remove(key) && self.failing.is_empty() {
            tracing::info!("{} works again", self.what);
        }
    }
}
