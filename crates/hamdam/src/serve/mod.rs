//! An instance: put together from its parts, run, drained.

mod checkup;
mod inbox;
mod parts;
mod poll;
mod running;
mod steps;

pub use parts::Parts;
pub use running::{Running, name, start};
