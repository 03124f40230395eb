//! Who meets whom: `waiting tickets + rules + now -> pairs`. Pure, and deterministic for a given input and seed.
//!
//! # How it works
//!
//! A ticket is admitted to the [`hall`], where it has a slot: the [`card`] it shows to others, with its wishes as they
//! stand after what gave way so far ([`relax`]), and the rest of it. The [`index`] puts its slot on a [`shelf`] among
//! tickets alike in their hard wishes, their [`cell`] of the map and the band of their age.
//!
//! A batch ([`batch`]) asks for what is new and leaves the rest alone. A ticket is *new* until it was held against all
//! that wait; then it is *settled*: no two settled tickets may meet, so only somebody new can change that. Whose wish
//! gives way is new again, and so is one that an old partner may meet again. The batch
//!
//! 1. lets the new look for [`likely`] partners, as closely as their number allows ([`effort`]),
//! 2. makes of all likely pairs a [`matching`] of great weight: greedy, then mended by small changes and by Edmonds'
//!    search for one pair more ([`blossom`]); the weight is the [`score`] of a pair and what its waiting is worth,
//! 3. makes the matching fair ([`fairness`]): nobody who waited out their patience is passed over ([`priority`]).
//!
//! Likely partners that stay free are kept for the next batch, and forgotten when they leave.
//!
//! # What it promises
//!
//! - Both sides' hard wishes hold; nobody meets themselves, whom either blocks, or whom they met too lately.
//! - A user is in one pair of a batch at most, whatever tickets they have.
//! - No two that may meet are left beside each other for good: if a batch leaves them, a later one does not.
//! - An elder is passed over only by those senior to it.
//! - The cost of a batch follows what changed, and what stands on the shelves where it changed.
//!
//! # Beside the engine
//!
//! [`Engine::explain`] says why somebody waits, [`Engine::estimate`] how long they will, [`Workers`] share the work on a
//! pool that is too large for one, [`Weighing`] tells judges what pairs are worth.

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
#[cfg(test)]
pub(crate) mod tests;
mod tried;
mod weighing;
mod workers;

pub use self::estimate::Estimate;
pub use self::explain::{Explanation, Passing, Relaxation, Wish};
pub use self::matcher::Matcher;
pub use self::tried::Tried;
pub use self::weighing::Weighing;
pub use self::workers::{Alone, Part, Workers};
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
