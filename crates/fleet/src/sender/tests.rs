//! The sender over live state in memory, under a scheduler of its own.

mod albums;
mod entries;
mod random;
mod retractions;
mod scripted;
mod soundness;
mod stage;
