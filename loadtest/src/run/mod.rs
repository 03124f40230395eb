//! Runs: the conductor inside the simulator's process, its control endpoints, and `loadtest run`, which drives them.

mod attempts;
mod client;
pub mod command;
mod conductor;
pub mod control;
mod counters;
mod drive;
mod forgotten;
mod ground;
mod heard;
mod process;
mod stage;
mod target;

pub use client::Control;
pub use conductor::{CannotBegin, Conducting, Events, Gallery, conduct, gallery};
pub use drive::Drive;
pub use ground::Ground;
pub use heard::Heard;
pub(crate) use process::connections_of;
pub use target::{Bot, Target};
