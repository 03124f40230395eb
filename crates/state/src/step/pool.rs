//! Steps on a pool of tickets.

use hamdam_domain::id::RoomId;
use hamdam_domain::ticket::{Claimant, Ticket};

/// A place in a pool's change feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedCursor {
    /// Milliseconds of the state's clock.
    pub ms: u64,
    /// Sequence within the millisecond.
    pub sequence: u64,
}

/// One change of a pool.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// A ticket came in, or came back.
    Added(Ticket),
    /// A ticket left: cancelled or matched.
    Removed(Claimant),
}

/// Answer of `changes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changes {
    /// What changed after the cursor, in order; `cursor` is where to go on. More may follow at once.
    Feed {
        /// The changes.
        changes: Vec<Change>,
        /// Where to go on.
        cursor: FeedCursor,
        /// Whether the limit cut the answer.
        more: bool,
    },
    /// The feed no longer reaches back to the cursor: take stock again.
    TooOld,
}

/// A page of the tickets in a pool, for a new lock holder and the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stock {
    /// Tickets; over all pages each is there at least once if it stayed.
    pub tickets: Vec<Ticket>,
    /// Where the next page starts; `None` after the last.
    pub next: Option<u64>,
}

/// Answer of `add_ticket`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It waits now.
    Added,
    /// It waits already, is in an intent, or left before: no effect.
    Known,
}

/// What becomes of an intent that is carried out or given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Its room.
    pub room: RoomId,
    /// Tickets that go back to the pool (not those that left meanwhile).
    pub readd: Vec<Ticket>,
}

/// Where the pool has a ticket: what the audit asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Waiting in the pool at this attempt.
    Queued,
    /// In an intent.
    Matched(RoomId),
    /// Neither.
    Absent,
}
