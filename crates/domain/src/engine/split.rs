//! One batch for several workers: disjoint parts of a pool, each of people near each other.

use super::cell::Cell;
use crate::id::BotId;
use crate::ticket::Ticket;
use crate::wish::{Mode, Trust};

/// What keeps people together: who may never meet is apart anyway, and then neighbours stay with neighbours.
type Together = (Mode, bool, Option<BotId>, Cell);

/// Where a pool is cut. Every ticket is in exactly one part, which follows from the ticket and the cuts alone: workers
/// that share the cuts need no word with each other, and a ticket stays in its part between batches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Where each part but the first begins.
    cuts: Vec<Together>,
    across_bots: bool,
}

impl Split {
    /// Cuts into so many parts at most, of about as many of these tickets each. People of one place stay in one part,
    /// so the parts of a pool that is all one place are not equal.
    #[must_use]
    pub fn new<'a>(tickets: impl IntoIterator<Item = &'a Ticket>, parts: usize, across_bots: bool) -> Self {
        let mut all: Vec<Together> =
            tickets.into_iter().map(|ticket| together(ticket, across_bots)).collect();
        all.sort_unstable();
        let mut cuts: Vec<Together> =
            (1..parts).filter_map(|part| all.get(all.len() * part / parts).copied()).collect();
        cuts.dedup();
        Self { cuts, across_bots }
    }

    /// How many parts there are.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.cuts.len() + 1
    }

    /// Which part a ticket is in.
    #[must_use]
    pub fn part_of(&self, ticket: &Ticket) -> usize {
        let place = together(ticket, self.across_bots);
        self.cuts.partition_point(|cut| *cut <= place)
    }
}

fn together(ticket: &Ticket, across_bots: bool) -> Together {
    let (facts, wants) = (&ticket.wishes.facts, &ticket.wishes.wants);
    let bot = (!across_bots).then_some(ticket.claimant.ticket.bot);
    (wants.mode, facts.trust == Trust::Reported, bot, Cell::of(&facts.place))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::tests::people;

    proptest! {
        #[test]
        fn every_ticket_is_in_one_part_and_neighbours_are_together(
            tickets in prop::collection::vec(people::ticket(), 0..60),
            parts in 1_usize..6,
            across_bots: bool,
        ) {
            let split = Split::new(&tickets, parts, across_bots);
            prop_assert!(split.parts() <= parts);
            for one in &tickets {
                prop_assert!(split.part_of(one) < split.parts());
                for other in &tickets {
                    if together(one, across_bots) == together(other, across_bots) {
                        prop_assert_eq!(split.part_of(one), split.part_of(other));
                    }
                }
            }
        }
    }

    #[test]
    fn parts_are_about_equal_where_people_live_in_many_places() {
        let tickets: Vec<Ticket> = (0..1_000)
            .map(|user| {
                let mut ticket = people::open(user, 0);
                let longitude = f64::from(i32::try_from(user % 97).unwrap());
                ticket.wishes.facts.place.spot = crate::wish::Spot::new(35.0, longitude).ok();
                ticket
            })
            .collect();
        let split = Split::new(&tickets, 4, false);
        let mut sizes = [0; 4];
        for ticket in &tickets {
            sizes[split.part_of(ticket)] += 1;
        }
        assert!(sizes.iter().all(|size| (230..=270).contains(size)), "{sizes:?}");
    }
}
