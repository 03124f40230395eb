//! The record on a real MariaDB and on SQLite.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod backend;
mod broadcasts;
mod commuting;
mod failing;
mod forgetting;
mod indexes;
mod migrating;
mod moderation;
mod partitions;
mod payments;
mod pooling;
mod reading;
mod replicas;
mod retention;
mod several;
mod slow;
