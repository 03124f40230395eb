//! What keeps people safe from each other: blocks, ratings, reports, and what follows from them.

mod block;
mod case;
mod rate;
mod report;
mod sentence;

pub use case::{Asked, CasePress, Moderators, case_press};
pub use sentence::{Sentence, sentence};
