//! The record on a real MariaDB and on SQLite.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod backend;
mod commuting;
mod failing;
mod indexes;
mod migrating;
mod moderation;
mod pooling;
mod reading;
