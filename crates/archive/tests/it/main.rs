//! The record on a real MariaDB and on SQLite.

mod backend;
mod commuting;
mod failing;
mod indexes;
mod migrating;
mod pooling;
mod reading;
