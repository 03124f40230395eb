//! Live state: sessions, pools, outboxes, journals, leases.
//!
//! One trait, [`State`]: **one method = one atomic step**. Two implementations: `redis` (one Lua script per step)
//! for fleets, `memory` for one process, demos, and the explorer of interleavings. One conformance suite runs on
//! both. Whatever is decided between two steps is decided on facts that the next step checks again.

mod error;
pub mod memory;
pub mod redis;
mod state;
pub mod step;

pub use error::{Result, StateError};
pub use state::State;
