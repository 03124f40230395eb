//! What keeps people safe from each other: blocks, reports, and what follows from them.

mod block;
mod case;
mod report;
mod sentence;

pub use case::{Asked, CasePress, Moderators, case_press};
pub use sentence::{Sentence, sentence};
