//! What an instance does. Data flows one way: webhook -> intake -> state; state -> workers -> Telegram, database.
//!
//! Everything shared lives behind `State`, `BotApi` and the archive's traits, so the same code runs in a fleet, in
//! the embedded demo, and under the explorer of interleavings. Protocol code takes its time from a `Clock`, awaits
//! nothing but steps, calls and the engine, and spawns nothing: loops and timers stand around it, in `run`.

pub mod audit;
pub mod bots;
pub mod broadcast;
pub mod calls;
mod credits;
mod crowd;
pub mod desk;
mod dossier;
pub mod erasure;
pub mod intake;
pub mod journal;
pub mod lease;
pub mod matchmaker;
pub mod metrics;
pub mod moderation;
mod others;
pub mod posted;
pub mod recovery;
pub mod retention;
pub mod roster;
pub mod run;
pub mod sender;
