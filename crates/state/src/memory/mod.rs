//! Live state of one process: no Redis, nothing on disk. It serves `--embedded`, the demo and tests, and under a
//! [`Gate`] it is the world of the explorer of interleavings.
//!
//! The [`World`] is plain data behind one mutex. Every step is one synchronous function on it, so it is atomic by
//! construction; the `impl State` in `state` only opens the door.

mod board;
mod bot;
mod builder;
mod bulk;
mod conduct;
mod erasure;
mod fleet;
mod gate;
mod matching;
mod parts;
mod pool;
mod premium;
mod recovery;
mod safety;
mod search;
mod sending;
mod state;
mod stepping;
mod user;
mod world;

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hamdam_domain::clock::Clock;
use hamdam_domain::id::PoolId;
use tokio::sync::broadcast;

pub use self::builder::Builder;
pub use self::bulk::{Broadcasts, Bulk};
pub use self::gate::{Gate, Pass};
pub use self::parts::{Part, Parts};
pub use self::premium::Payments;
pub use self::world::{
    Bot, CaseState, Claimed, Found, IDS_KEPT, IDS_LINGER, IdMap, Lease, Pool, RelayMarks, ShardState, Stored,
    User, World,
};
use crate::step::sending::Ring;

/// [`State`](crate::State) in memory.
pub struct MemoryState {
    world: Mutex<World>,
    shards: u16,
    clock: Arc<dyn Clock>,
    gate: Option<Arc<dyn Gate>>,
    watermark: AtomicU64,
    rings: broadcast::Sender<Ring>,
    pool_rings: broadcast::Sender<PoolId>,
}

impl MemoryState {
    /// Looks at the world between two steps.
    pub fn inspect<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the world behind the protocol's back: tests plant in it what the audit must mend.
    pub fn tamper<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Above so many bytes, steps that grow the state are refused with `Full`.
    pub fn set_watermark(&self, bytes: u64) {
        self.watermark.store(bytes, Ordering::Relaxed);
    }
}

impl Debug for MemoryState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryState").field("shards", &self.shards).finish_non_exhaustive()
    }
}
