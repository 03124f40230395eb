//! The whole fleet on real parts, judged by the oracle, while parts of it die.
//!
//! `FLEET_USERS` and `FLEET_SECONDS` make the runs as large as wanted; the acceptance run has 2000 users and 60 s.

mod proof;
mod records;
mod runs;
mod settings;
mod stage;
mod talk;
