//! The likely partners of a ticket: a search of the index, and the short list that comes of it.

use std::ops::ControlFlow;

use super::effort::Effort;
use super::floor::Floor;
use super::priority::Ageing;
use super::score::score;
use super::shelf::{Alike, Slot};

/// The best that a search found.
#[derive(Debug, Default)]
pub(super) struct Shortlist {
    /// With what the pair is worth, and what the other's waiting adds; the best first.
    partners: Vec<(u32, Slot)>,
    /// Nobody was left out, or not looked at.
    complete: bool,
}

impl Shortlist {
    pub(super) fn partners(&self) -> impl Iterator<Item = Slot> {
        self.partners.iter().map(|(_, slot)| *slot)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Fills itself with free tickets that `me` may meet, as closely as `effort` lets it look.
    pub(super) fn search(&mut self, floor: &Floor, me: Slot, ageing: &Ageing, effort: &Effort) {
        let card = floor.hall.card(me);
        let like = Alike::new(card, me, floor.seed);
        self.partners.clear();
        self.complete = true;
        let mut looked = 0;
        let end = floor.index.search(card, |shelf| {
            for (on_this_shelf, other) in (1..).zip(shelf.around(like)) {
                let theirs = floor.hall.card(other);
                if card.may_meet(theirs) && floor.is_free(other) {
                    // Where many look at once, all would look up to the same few who waited longest.
                    let wait = if effort.is_close() { ageing.points(theirs.seniority) } else { 0 };
                    let worth = score(card, theirs) + wait;
                    self.consider(worth, other, effort.likely, || floor.are_strangers(me, other));
                }
                looked += 1;
                // Who has found nobody yet looks on.
                if !self.partners.is_empty()
                    && (looked >= effort.looks || on_this_shelf >= effort.looks_on_a_shelf)
                {
                    self.complete = false;
                    break;
                }
            }
            let enough = looked >= effort.looks && !self.partners.is_empty();
            if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        self.complete &= end.is_continue();
    }

    /// Takes somebody on the list of so many, if they are worth it. The last question is the dearest.
    fn consider(&mut self, worth: u32, slot: Slot, most: usize, is_stranger: impl Fn() -> bool) {
        let full = self.partners.len() >= most;
        if full && self.partners.last().is_some_and(|(least, _)| worth <= *least) {
            self.complete = false;
        } else if is_stranger() {
            if full {
                self.partners.pop();
                self.complete = false;
            }
            let at = self.partners.partition_point(|(known, _)| *known >= worth);
            self.partners.insert(at, (worth, slot));
        }
    }
}
