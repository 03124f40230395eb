//! What may happen next, and what follows.

use std::time::Duration;

use hamdam_domain::broadcast::Order;
use hamdam_state::State;
use rand::Rng;
use rand::rngs::SmallRng;

use super::{FIRST, PEOPLE, Town};
use crate::explore::chance::{Fate, Landing, at_once};

/// What may happen next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Choice {
    /// Somebody brings the next piece, or one of before.
    Bring {
        from: i64,
        up_to: i64,
    },
    Steer(Order),
    Look(usize),
    Acquire(usize),
    MakeTurn(usize),
    SendTurn {
        office: usize,
        fate: Fate,
    },
    Take(usize),
    Write(usize),
    Land {
        flight: u64,
        how: Landing,
    },
    Hear(usize),
    Crash(usize),
    Wait(Duration),
}

impl Town {
    pub(super) fn choices(&mut self, dice: &mut SmallRng) -> Vec<Choice> {
        let up_to = dice.random_range(self.brought..=PEOPLE);
        let from = dice.random_range(0..=self.brought);
        let mut choices = vec![Choice::Bring { from, up_to }];
        if self.brought < PEOPLE {
            choices.push(Choice::Bring { from: self.brought, up_to: self.brought + 2 });
        }
        let order = [Order::Pause, Order::Resume, Order::Resume, Order::Cancel][dice.random_range(0..4)];
        if dice.random_range(0..12) == 0 {
            choices.push(Choice::Steer(order));
        }
        for office in 0..self.offices.len() {
            let Some(begun) = &self.offices[office] else {
                choices.push(Choice::Acquire(office));
                continue;
            };
            choices.push(Choice::Look(office));
            if begun.turn.is_some() {
                choices.extend([Choice::SendTurn { office, fate: Fate::Once }; 4]);
                let fates = [Fate::Twice, Fate::Unheard, Fate::Unsent];
                choices.extend(fates.map(|fate| Choice::SendTurn { office, fate }));
            } else {
                choices.extend([Choice::MakeTurn(office); 2]);
            }
            choices.extend([Choice::Take(office); 3]);
            if !begun.unwritten.is_empty() {
                choices.extend([Choice::Write(office); 3]);
            }
            choices.push(Choice::Hear(office));
            if self.crashes > 0 {
                choices.push(Choice::Crash(office));
            }
        }
        for (flight, _) in self.flights.iter().filter(|(_, flight)| flight.answer.is_none()) {
            let flight = *flight;
            choices.extend([Choice::Land { flight, how: Landing::Done }; 4]);
            let rest = [Landing::DoneUnheard, Landing::Broken, Landing::Blocked, Landing::Limited];
            choices.push(Choice::Land { flight, how: rest[dice.random_range(0..4)] });
        }
        let waits = [20, 100, 100, 500, 1_100, 2_000, 4_600, 7_100];
        choices.push(Choice::Wait(Duration::from_millis(waits[dice.random_range(0..waits.len())])));
        choices
    }

    pub(super) fn take(&mut self, choice: Choice) {
        match choice {
            Choice::Bring { from, up_to } => self.bring(from, up_to.min(PEOPLE)),
            Choice::Steer(order) => {
                at_once(self.state.steer_broadcast(FIRST, order)).unwrap();
            }
            Choice::Look(office) => {
                let airing = self.look();
                if let Some(begun) = &mut self.offices[office] {
                    begun.airing = airing;
                }
            }
            Choice::Acquire(office) => self.acquire(office),
            Choice::MakeTurn(office) => self.make_turn(office),
            Choice::SendTurn { office, fate } => self.send_turn(office, fate),
            Choice::Take(office) => self.take_work(office),
            Choice::Write(office) => self.write(office),
            Choice::Land { flight, how } => self.land(flight, how),
            Choice::Hear(office) => self.hear(office),
            Choice::Crash(office) => {
                self.crashes -= 1;
                self.offices[office] = None;
            }
            Choice::Wait(time) => self.wait(time),
        }
    }
}
