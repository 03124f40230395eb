//! Matchmaker and audit over live state in memory.

mod audit;
mod matchmaker;
mod moving;
mod news;
mod town;
