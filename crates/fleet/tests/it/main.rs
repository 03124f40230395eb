//! Tests of what an instance does, over live state in memory.

mod intake;
