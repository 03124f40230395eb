//! Where matching happens: the tickets, the index over them, and who is paired in the batch under way.

use super::hall::{Hall, NOBODY, Standing};
use super::index::Index;
use super::priority::Seniority;
use super::shelf::Slot;
use crate::clock::Millis;
use crate::rules::Rules;

/// Who waits, and how they stand in this batch. Who is paired is on no shelf.
#[derive(Debug, Default)]
pub(super) struct Floor {
    pub(super) hall: Hall,
    pub(super) index: Index,
    /// Each slot's partner in the batch under way.
    mates: Vec<Slot>,
    /// Who was met after this is not met again yet.
    pub(super) not_before: Millis,
    /// Of the rules.
    pub(super) seed: u64,
}

impl Floor {
    /// Makes ready for a batch under these rules.
    pub(super) fn open(&mut self, rules: &Rules, now: Millis) {
        self.not_before = now.before(rules.not_again_for);
        self.seed = rules.seed;
        self.mates.resize(self.hall.slots() as usize, NOBODY);
    }

    pub(super) fn mate(&self, slot: Slot) -> Option<Slot> {
        Some(self.mates[slot as usize]).filter(|mate| *mate != NOBODY)
    }

    pub(super) fn is_free(&self, slot: Slot) -> bool {
        self.mates[slot as usize] == NOBODY
    }

    /// Pairs two who may meet, and takes them off their shelves.
    pub(super) fn join(&mut self, one: Slot, other: Slot) {
        (self.mates[one as usize], self.mates[other as usize]) = (other, one);
        self.unshelve(one);
        self.unshelve(other);
    }

    /// Takes a pair apart.
    pub(super) fn part(&mut self, one: Slot, other: Slot) {
        (self.mates[one as usize], self.mates[other as usize]) = (NOBODY, NOBODY);
    }

    /// Puts a ticket where searches find it, unless it is there.
    pub(super) fn shelve(&mut self, slot: Slot) {
        if self.hall.at(slot).shelf.is_none() {
            let id = self.index.put(slot, self.hall.card(slot), self.seed);
            self.hall.at_mut(slot).shelf = Some(id);
        }
    }

    /// Takes a ticket from where searches find it, if it is there.
    pub(super) fn unshelve(&mut self, slot: Slot) {
        if let Some(shelf) = self.hall.at_mut(slot).shelf.take() {
            self.index.take(shelf, slot);
        }
    }

    /// A ticket goes on waiting: it is found, and counts by its seniority.
    pub(super) fn linger(&mut self, slot: Slot) {
        self.shelve(slot);
        let id = self.hall.at(slot).shelf.expect("just shelved");
        self.index.linger(id, slot);
    }

    /// Makes true in the index what was noted.
    pub(super) fn tidy(&mut self) {
        self.index.tidy(self.hall.cards());
    }

    /// Whether somebody this senior waits on.
    pub(super) fn has_waiting(&self, elders: Seniority) -> bool {
        self.index.most_senior().any(|slot| self.hall.card(slot).seniority <= elders)
    }

    /// Whether neither is named in the other's lists, and they are not the same.
    pub(super) fn are_strangers(&self, one: Slot, other: Slot) -> bool {
        self.hall.are_strangers(one, other, self.not_before)
    }

    pub(super) fn may_meet(&self, one: Slot, other: Slot) -> bool {
        self.hall.may_meet(one, other, self.not_before)
    }

    /// Sets how far a ticket has been held against the others, and that it knows of no likely partners.
    pub(super) fn stands(&mut self, slot: Slot, standing: Standing) {
        let waiting = self.hall.at_mut(slot);
        waiting.standing = standing;
        waiting.likely = Box::default();
    }
}
