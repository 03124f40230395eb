//! Steps about a search that lasts: telling of it, and ending it.

/// Answer of `give_up`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GaveUp {
    /// The search has ended; its notice is queued.
    Done,
    /// They are held for a room that may come about.
    Held,
    /// They do not wait by this ticket (any more), and never will again.
    Elsewhere,
}
