//! How a state in memory is built, with choices.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hamdam_domain::clock::Clock;
use hamdam_domain::rules::Rules;
use tokio::sync::broadcast;

use super::MemoryState;
use super::gate::Gate;
use super::parts::Parts;
use super::world::World;

/// Rings kept for a slow listener; the poll each second catches what it loses.
const RINGS_KEPT: usize = 1_024;

/// Builds a [`MemoryState`].
pub struct Builder {
    shards: u16,
    clock: Arc<dyn Clock>,
    gate: Option<Arc<dyn Gate>>,
    parts: Parts,
    not_again_for: Duration,
}

impl Builder {
    /// A gate before every step.
    #[must_use]
    pub fn gate(mut self, gate: Arc<dyn Gate>) -> Self {
        self.gate = Some(gate);
        self
    }

    /// For so long it is remembered whom a user met, in whole seconds; of those the newest
    /// [`Met::MOST`](hamdam_domain::ticket::Met::MOST).
    #[must_use]
    pub fn not_again_for(mut self, window: Duration) -> Self {
        self.not_again_for = window;
        self
    }

    /// Takes a part of the protocol out.
    #[cfg(feature = "sabotage")]
    #[must_use]
    pub fn parts(mut self, parts: Parts) -> Self {
        self.parts = parts;
        self
    }

    /// An empty state.
    #[must_use]
    pub fn build(self) -> MemoryState {
        let shards = self.shards.max(1);
        MemoryState {
            world: Mutex::new(World::new(shards, self.parts, self.not_again_for)),
            shards,
            clock: self.clock,
            gate: self.gate,
            watermark: AtomicU64::new(u64::MAX),
            rings: broadcast::channel(RINGS_KEPT).0,
            pool_rings: broadcast::channel(RINGS_KEPT).0,
        }
    }
}

impl MemoryState {
    /// An empty state of so many shards, which remembers meetings for a day. The clock's wall time is the state's time.
    pub fn new(shards: u16, clock: Arc<dyn Clock>) -> Self {
        Self::builder(shards, clock).build()
    }

    /// The same, with choices.
    pub fn builder(shards: u16, clock: Arc<dyn Clock>) -> Builder {
        let not_again_for = Rules::default().not_again_for;
        Builder { shards, clock, gate: None, parts: Parts::default(), not_again_for }
    }
}
