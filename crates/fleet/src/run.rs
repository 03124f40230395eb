//! Loops and timers around the protocol code, and the way they end: hand over, finish, stop.

pub(crate) mod outage;
mod settings;

pub use settings::{BotRate, ChatRate, NoBotRate, NoRoles, Roles, Settings, Timing};
