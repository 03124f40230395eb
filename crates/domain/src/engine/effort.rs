//! How closely a batch looks. The fewer are new, the closer: a batch has to be over before the next one begins.

/// Bounds on the work of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effort {
    /// Few are new: pairs once made are held open for better ones until the batch ends.
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
    /// Comparisons a batch may cost, about.
    const LOOKS: usize = 1_500_000;

    /// So many are few.
    const CLOSE: usize = 5_000;

    /// For so many tickets to be held against the others.
    pub(super) fn of(seekers: usize) -> Self {
        let close = seekers <= Self::CLOSE;
        let looks = (Self::LOOKS / seekers.max(1)).clamp(40, 2_000);
        Self {
            close,
            rounds: if close { 3 } else { 6 },
            looks,
            looks_on_a_shelf: (looks / 4).max(16),
            likely: if close { 24 } else { 6 },
            passes: if close { 8 } else { 1 },
            arcs: if close { 100_000 } else { 60 },
        }
    }

    pub(super) fn is_close(&self) -> bool {
        self.close
    }
}
