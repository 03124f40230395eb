//! How closely a batch looks. The fewer are new, the closer: a batch has to be over before the next one begins.

/// Bounds on the work of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effort {
    /// Few are new: there is time to look for the best pairs of all, and not for good ones only.
    close: bool,
    /// Searches of one ticket: who finds that all on its list are taken looks again.
    pub(super) rounds: usize,
    /// Tickets compared with one ticket; a search ends there once it has found somebody.
    pub(super) looks: usize,
    /// Of them, those on one shelf.
    pub(super) looks_on_a_shelf: usize,
    /// Likely partners kept for one ticket.
    pub(super) likely: usize,
    /// Rounds of small changes.
    pub(super) passes: usize,
    /// Arcs looked at in the search for one pair more.
    pub(super) arcs: usize,
}

impl Effort {
    /// Comparisons a batch may cost, about, unless that were too few for each.
    const LOOKS: usize = 150_000;

    /// So many are few.
    const CLOSE: usize = 5_000;

    /// For so many tickets to be held against the others.
    pub(super) fn of(seekers: usize) -> Self {
        if seekers > Self::CLOSE {
            let (looks, looks_on_a_shelf) = (24, 12);
            return Self { close: false, rounds: 1, looks, looks_on_a_shelf, likely: 5, passes: 0, arcs: 0 };
        }
        let looks = (Self::LOOKS / seekers.max(1)).clamp(150, 1_000);
        let looks_on_a_shelf = looks / 4;
        Self { close: true, rounds: 3, looks, looks_on_a_shelf, likely: 24, passes: 8, arcs: 100_000 }
    }

    pub(super) fn is_close(&self) -> bool {
        self.close
    }
}
