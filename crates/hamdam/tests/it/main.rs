//! The program from outside: configuration, HTTP surface, life of an instance.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod config;
mod doctor;
mod explain;
mod fleet;
mod importing;
mod life;
mod observing;
mod outage;
mod planning;
mod registration;
mod reports;
mod rules;
mod units;
mod watching;
mod webhook;
