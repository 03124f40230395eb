//! Tests of the bot's words and decisions.

mod decide;
mod stage;
mod voice;
