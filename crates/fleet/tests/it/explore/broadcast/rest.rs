//! The trouble is over and everything comes to rest: what must hold then.

use std::time::Duration;

use hamdam_domain::broadcast::{Course, Order};
use hamdam_domain::id::UserId;
use hamdam_state::State;

use super::choice::Choice;
use super::{FIRST, PEOPLE, Town};
use crate::explore::chance::{Fate, Landing, at_once};
use crate::explore::judge::Verdict;

impl Town {
    /// The trouble is over: all is brought, whoever can send does, and everything is done and answered.
    pub(super) fn settle(&mut self) -> Verdict {
        self.bring(self.brought, PEOPLE);
        at_once(self.state.steer_broadcast(FIRST, Order::Resume)).unwrap();
        for _ in 0..5_000 {
            if self.is_over() {
                return Ok(());
            }
            for office in 0..self.offices.len() {
                if self.offices[office].is_none() {
                    self.acquire(office);
                }
                self.take(Choice::Look(office));
                if self.offices[office].as_ref().is_some_and(|begun| begun.turn.is_none()) {
                    self.make_turn(office);
                }
                self.send_turn(office, Fate::Once);
                self.take_work(office);
                while self.offices[office].as_ref().is_some_and(|begun| !begun.unwritten.is_empty()) {
                    self.write(office);
                }
            }
            let untreated: Vec<u64> = self
                .flights
                .iter()
                .filter(|(_, flight)| flight.answer.is_none())
                .map(|(number, _)| *number)
                .collect();
            for number in untreated {
                self.land(number, Landing::Done);
            }
            for office in 0..self.offices.len() {
                self.hear(office);
            }
            self.wait(Duration::from_millis(50));
        }
        Err(format!("it is never over: {:?}", self.tally()))
    }

    /// What must hold at the end.
    pub(super) fn rest(&self) -> Verdict {
        let (tally, people) = (self.tally(), u64::try_from(PEOPLE).unwrap());
        if tally.queued != people {
            return Err(format!("{} of {people} were queued", tally.queued));
        }
        let again: u64 = self.heard.values().map(|times| times.saturating_sub(1)).sum();
        let counted = self.metrics.duplicate_sends.get() - self.counted_before;
        if again > counted {
            return Err(format!("{again} came again, {counted} were counted"));
        }
        let reached = |user: &UserId| self.heard.contains_key(user) || self.blocked.contains_key(user);
        let missed: Vec<_> = (1..=PEOPLE).map(UserId).filter(|user| !reached(user)).collect();
        if self.course() != Course::Cancelled && !missed.is_empty() {
            return Err(format!("left out: {missed:?}, {tally:?}"));
        }
        if missed.len() as u64 > tally.dropped {
            return Err(format!("{} heard nothing, {} were dropped", missed.len(), tally.dropped));
        }
        if tally.sent > self.heard.len() as u64 {
            return Err(format!("{} heard it, and {} were told to have", self.heard.len(), tally.sent));
        }
        Ok(())
    }
}
