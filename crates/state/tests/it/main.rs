//! Tests of live state: one conformance suite over every implementation, and random steps that must get the same
//! answers from all of them.

mod conformance;
mod memory;
