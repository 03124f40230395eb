//! Who meets whom: `waiting tickets + rules + now -> pairs`. Deterministic for a given input.

mod batch;
mod blossom;
mod card;
mod cell;
mod effort;
mod estimate;
mod explain;
mod fairness;
mod floor;
mod hall;
mod index;
mod likely;
mod matcher;
mod matching;
mod priority;
mod relax;
mod score;
mod shelf;
mod split;
#[cfg(test)]
mod tests;
mod weighing;

pub use self::estimate::Estimate;
pub use self::explain::{Explanation, Passing, Relaxation, Wish};
pub use self::matcher::Matcher;
pub use self::split::Split;
pub use self::weighing::Weighing;
pub use crate::rules::Rules;

use crate::clock::Millis;
use crate::id::UserId;
use crate::ticket::{Claimant, Ticket};

/// Two tickets that may meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The one that waits longer; it is held first.
    pub first: Ticket,
    /// The other.
    pub second: Ticket,
}

/// The index of waiting tickets a lock holder keeps between batches.
///
/// A pair satisfies both sides' hard wishes; nobody is paired with themselves; a ticket that was paired leaves the
/// index (invariant 1). The engine trusts nothing beyond its input: the commit checks every pair again.
pub trait Engine: Send + Sync {
    /// A ticket arrived, or came back at a higher attempt (which replaces the lower).
    fn add(&mut self, ticket: Ticket);
    /// A ticket left at `claimant.attempt` or below; one that came back higher stays.
    fn remove(&mut self, claimant: &Claimant);
    /// How many tickets wait.
    fn len(&self) -> usize;
    /// Whether nobody waits.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Pairs what may meet. What is paired leaves the index; what cannot be committed is added again.
    fn pair(&mut self, rules: &Rules, now: Millis) -> Vec<Pair>;
    /// Why a user waits, if they do and the engine knows.
    fn explain(&self, _user: UserId, _rules: &Rules, _now: Millis) -> Option<Explanation> {
        None
    }
    /// How long a user will wait yet, if they wait and enough is known of tickets like theirs.
    fn estimate(&self, _user: UserId, _now: Millis) -> Option<Estimate> {
        None
    }
}
