//! What may happen next, and what follows.

use std::time::Duration;

use rand::Rng;
use rand::rngs::SmallRng;

use super::office::Office;
use super::{PEOPLE, Traffic};
use crate::explore::chance::{Fate, Landing, at_once};
use crate::explore::judge::Verdict;
use crate::explore::scenario::Deed;

/// What may happen next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Choice {
    /// A user does something; Telegram takes it.
    Deed {
        user: usize,
        deed: Deed,
    },
    /// Telegram pushes a user's oldest update.
    Push(usize),
    Match,
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

impl Traffic {
    /// What may happen; weights are repetitions.
    pub(super) fn choices(&mut self, dice: &mut SmallRng) -> Vec<Choice> {
        let mut choices = Vec::new();
        if self.deeds > 0 {
            let deeds = [Deed::Search, Deed::Message, Deed::Message, Deed::Message, Deed::Next, Deed::Stop];
            let (user, deed) = (dice.random_range(0..PEOPLE), deeds[dice.random_range(0..deeds.len())]);
            choices.extend([Choice::Deed { user, deed }; 3]);
            choices.push(Choice::Match);
        }
        for user in (0..PEOPLE).filter(|user| !self.inboxes[*user].is_empty()) {
            choices.extend([Choice::Push(user); 4]);
        }
        for office in 0..self.offices.len() {
            match &self.offices[office] {
                None => choices.push(Choice::Acquire(office)),
                Some(begun) => self.office_choices(office, begun, &mut choices),
            }
        }
        let air = self.air.lock().unwrap();
        for (flight, _) in air.flights.iter().filter(|(_, flight)| flight.answer.is_none()) {
            let flight = *flight;
            choices.extend([Choice::Land { flight, how: Landing::Done }; 4]);
            choices.push(Choice::Land {
                flight,
                how: [Landing::DoneUnheard, Landing::Broken, Landing::Blocked, Landing::Limited]
                    [dice.random_range(0..4)],
            });
        }
        let waits = [20, 20, 60, 500, 1_100, 2_000, 4_600, 7_100];
        choices.push(Choice::Wait(Duration::from_millis(waits[dice.random_range(0..waits.len())])));
        choices
    }

    fn office_choices(&self, office: usize, begun: &Office, choices: &mut Vec<Choice>) {
        if begun.turn.is_some() {
            choices.extend([Choice::SendTurn { office, fate: Fate::Once }; 4]);
            choices.extend(
                [Fate::Twice, Fate::Unheard, Fate::Unsent].map(|fate| Choice::SendTurn { office, fate }),
            );
        } else {
            choices.push(Choice::MakeTurn(office));
        }
        choices.extend([Choice::Take(office); 2]);
        if !begun.unwritten.is_empty() {
            choices.extend([Choice::Write(office); 3]);
        }
        if !begun.waiting.is_empty() {
            choices.extend([Choice::Hear(office); 2]);
        }
        if self.crashes > 0 {
            choices.push(Choice::Crash(office));
        }
    }

    pub(super) fn take(&mut self, choice: Choice) -> Verdict {
        match choice {
            Choice::Deed { user, deed } => {
                self.deeds -= 1;
                self.does(user, deed);
            }
            Choice::Push(user) => self.push(user),
            Choice::Match => drop(at_once(self.matchmaker.pass()).unwrap()),
            Choice::Acquire(office) => self.acquire(office),
            Choice::MakeTurn(office) => self.make_turn(office),
            Choice::SendTurn { office, fate } => self.send_turn(office, fate),
            Choice::Take(office) => self.take_work(office),
            Choice::Write(office) => self.write(office),
            Choice::Land { flight, how } => return self.land(flight, how),
            Choice::Hear(office) => self.hear(office),
            Choice::Crash(office) => {
                self.crashes -= 1;
                self.offices[office] = None;
            }
            Choice::Wait(time) => self.wait(time),
        }
        self.note_queued();
        Ok(())
    }
}
