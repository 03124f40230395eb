//! The program from outside: configuration, HTTP surface, life of an instance.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod config;
mod life;
mod outage;
mod registration;
mod webhook;
