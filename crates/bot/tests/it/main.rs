//! Tests of the bot's words and decisions.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod across;
mod channel;
mod decide;
mod desk;
mod elsewhere;
mod haste;
mod maintenance;
mod premium;
mod render;
mod rights;
mod safety;
mod settings;
mod stage;
mod talk;
mod unwanted;
mod voice;
