//! The whole fleet on real parts, judged by the oracle, while parts of it die.
//!
//! `FLEET_USERS` and `FLEET_SECONDS` make the runs as large as wanted; the acceptance run has 2000 users and 60 s.

mod across;
mod admin;
mod anonymity;
mod arrivals;
mod broadcast;
mod channel;
mod crowded;
mod guide;
mod haste;
mod hostile;
mod observed;
mod phone;
mod premium;
mod proof;
mod records;
mod recovery;
mod rights;
mod runs;
mod safety;
mod settings;
mod several;
mod stage;
mod talk;
mod tokens;
mod trust;
mod unwanted;
