//! Who meets whom: `waiting tickets + rules + now -> pairs`. Deterministic for a given input.

mod first;

pub use self::first::FirstComeEngine;
use crate::clock::Millis;
use crate::ticket::{Claimant, Ticket};

/// What the operator decided about matching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Pairs per batch at most (`MATCHMAKING_WORKER_BATCH_SIZE`).
    pub batch_size: usize,
    /// Whether people of different bots may meet. Their messages cannot be copied across, so it stays off until
    /// relaying can.
    pub across_bots: bool,
}

impl Rules {
    /// Whether the hard rules let two tickets meet: not oneself, neither blocks the other, one bot unless bots mix.
    #[must_use]
    pub fn allow(&self, one: &Ticket, other: &Ticket) -> bool {
        let (a, b) = (one.claimant, other.claimant);
        let bots = self.across_bots || a.ticket.bot == b.ticket.bot;
        let blocked = one.wishes.blocked.contains(&b.user) || other.wishes.blocked.contains(&a.user);
        a.user != b.user && bots && !blocked
    }
}

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
    /// Pairs what may meet, oldest first. What is paired leaves the index; what cannot be committed is added again.
    fn pair(&mut self, rules: &Rules, now: Millis) -> Vec<Pair>;
}
