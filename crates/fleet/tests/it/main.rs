//! Tests of what an instance does, over live state in memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod explore;
mod intake;
mod journal;
mod pools;
mod sending;
