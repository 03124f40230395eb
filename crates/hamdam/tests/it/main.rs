//! The program from outside: configuration, HTTP surface, life of an instance.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod config;
mod explain;
mod fleet;
mod life;
mod outage;
mod registration;
mod rules;
mod webhook;
