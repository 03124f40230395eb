//! Tests of the load tool over its sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod features;
mod fleet;
mod population;
mod runs;
mod saboteur;
mod telegram;
mod verbs;
