//! Tests of live state: one conformance suite over every implementation, and random steps that must get the same
//! answers from all of them.

#![expect(clippy::unwrap_used, reason = "a test panics where something is missing")]

mod conformance;
mod memory;
mod redis;
