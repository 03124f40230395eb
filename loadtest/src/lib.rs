//! The load tool: a strict stand-in for Telegram's Bot API server, virtual users, and the oracle that judges
//! every call the fleet makes.
//!
//! The judge shares no parser with the defendant: nothing here uses the fleet's own crates but the demo, the profile
//! that fills Redis with people who do nothing, whom nobody judges, and the population, which asks the matching engine
//! itself.

pub mod bench;
pub mod broadcast;
pub mod chaos;
pub mod demo;
mod gauge;
pub mod guide;
pub mod oracle;
mod plot;
pub mod population;
pub mod profile;
pub mod pulse;
pub mod report;
pub mod run;
pub mod rush;
pub mod soak;
pub mod telegram;
pub mod users;
