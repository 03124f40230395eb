//! Tests of what an instance does, over live state in memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod erasure;
mod explore;
mod filling;
mod intake;
mod journal;
mod newcomers;
mod pools;
mod retention;
mod sending;
