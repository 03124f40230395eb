//! When whose turn is: one wheel for everybody instead of one task each.

use std::time::Duration;

/// One notch of the wheel; nobody is late by more.
const NOTCH: Duration = Duration::from_millis(10);
/// Notches of one turn of the wheel. Later alarms stay where they are for another turn.
const NOTCHES: usize = 8192;

#[derive(Clone, Copy, Debug)]
struct Alarm {
    notch: u64,
    who: usize,
    number: u32,
}

/// Alarms, at most one in force per person: setting a new one calls the old one off.
#[derive(Debug)]
pub(super) struct Wheel {
    slots: Vec<Vec<Alarm>>,
    numbers: Vec<u32>,
    at: u64,
}

impl Wheel {
    /// A wheel for so many people.
    pub(super) fn new(people: usize) -> Self {
        Self { slots: vec![Vec::new(); NOTCHES], numbers: vec![0; people], at: 0 }
    }

    /// Wakes `who` at this time, or at once if it is past, and at no other.
    pub(super) fn set(&mut self, who: usize, at: Duration) {
        let notch = notch_of(at).max(self.at + 1);
        self.numbers[who] = self.numbers[who].wrapping_add(1);
        let slot = usize::try_from(notch % NOTCHES as u64).expect("a remainder of a small number fits");
        self.slots[slot].push(Alarm { notch, who, number: self.numbers[who] });
    }

    /// Calls everything off.
    pub(super) fn clear(&mut self) {
        self.slots.iter_mut().for_each(Vec::clear);
    }

    /// Turns the wheel to `now` and puts whoever is to wake into `woken`, the earlier first.
    pub(super) fn turn(&mut self, now: Duration, woken: &mut Vec<usize>) {
        let now = notch_of(now);
        while self.at < now {
            self.at += 1;
            let slot = usize::try_from(self.at % NOTCHES as u64).expect("a remainder of a small number fits");
            let (at, numbers) = (self.at, &self.numbers);
            self.slots[slot].retain(|alarm| {
                let in_force = numbers[alarm.who] == alarm.number;
                if in_force && alarm.notch <= at {
                    woken.push(alarm.who);
                }
                in_force && alarm.notch > at
            });
        }
    }
}

fn notch_of(at: Duration) -> u64 {
    u64::try_from(at.as_millis() / NOTCH.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn woken(wheel: &mut Wheel, ms: u64) -> Vec<usize> {
        let mut woken = Vec::new();
        wheel.turn(Duration::from_millis(ms), &mut woken);
        woken
    }

    #[test]
    fn people_wake_in_order_and_once() {
        let mut wheel = Wheel::new(3);
        wheel.set(0, Duration::from_millis(500));
        wheel.set(1, Duration::from_millis(100));
        wheel.set(2, Duration::from_secs(500));
        assert_eq!(woken(&mut wheel, 90), [0; 0]);
        assert_eq!(woken(&mut wheel, 600), [1, 0]);
        assert_eq!(woken(&mut wheel, 499_000), [0; 0]);
        assert_eq!(woken(&mut wheel, 500_000), [2]);
        assert_eq!(woken(&mut wheel, 900_000), [0; 0]);
    }

    #[test]
    fn a_new_alarm_calls_the_old_one_off_and_a_late_one_wakes_at_once() {
        let mut wheel = Wheel::new(1);
        wheel.set(0, Duration::from_millis(100));
        wheel.set(0, Duration::from_millis(300));
        assert_eq!(woken(&mut wheel, 200), [0; 0]);
        assert_eq!(woken(&mut wheel, 300), [0]);
        wheel.set(0, Duration::from_millis(50));
        assert_eq!(woken(&mut wheel, 310), [0]);
    }
}
