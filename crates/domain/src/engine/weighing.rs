//! What pairs are worth, told to those who judge the engine.

use super::floor::Floor;
use super::priority::Ageing;
use super::score::score;
use super::shelf::Slot;
use crate::clock::Millis;
use crate::rules::Rules;
use crate::ticket::Ticket;

/// The worth of every pair among some tickets, under some rules, at one moment.
#[derive(Debug)]
pub struct Weighing {
    floor: Floor,
    /// Each ticket's slot.
    slots: Vec<Slot>,
    ageing: Ageing,
}

impl Weighing {
    /// Weighs these, each a ticket of its own.
    #[must_use]
    pub fn new(tickets: &[Ticket], rules: &Rules, now: Millis) -> Self {
        let mut floor = Floor::default();
        let slots = tickets.iter().map(|ticket| floor.hall.admit(ticket.clone())).collect();
        floor.open(rules, now);
        for slot in 0..floor.hall.slots() {
            floor.hall.bring_to(slot, rules, now);
        }
        Self { floor, slots, ageing: Ageing::new(&rules.priority, now) }
    }

    /// What a pair of the tickets of these numbers is worth; `None` if they may not meet.
    #[must_use]
    pub fn worth(&self, one: usize, other: usize) -> Option<u32> {
        let (one, other) = (self.slots[one], self.slots[other]);
        self.floor.may_meet(one, other).then(|| {
            let (one, other) = (self.floor.hall.card(one), self.floor.hall.card(other));
            score(one, other) + self.ageing.points(one.seniority) + self.ageing.points(other.seniority)
        })
    }
}
