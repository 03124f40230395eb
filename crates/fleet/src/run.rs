//! Loops and timers around the protocol code, and the way they end: hand over, finish, stop.
//!
//! [`Fleet::start`] starts what an instance's roles ask for: the heartbeat, the loop that takes and hands over shards
//! with the one task that drives their senders, the journal, a loop per pool, the audit, the gauges. No error of the
//! state or the database ends a loop: each says once that something is away, tries again, and goes on when it is back.

mod board;
mod broadcasts;
mod fleet;
mod heartbeat;
pub(crate) mod outage;
mod pools;
mod settings;
mod shards;
mod threads;
mod upkeep;

pub use fleet::{Deps, Fleet};
pub use settings::{BotRate, ChatRate, NoBotRate, NoRoles, Roles, Settings, Timing};
