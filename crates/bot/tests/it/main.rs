//! Tests of the bot's words and decisions.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod decide;
mod settings;
mod stage;
mod talk;
mod voice;
