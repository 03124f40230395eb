//! What was acknowledged while live state wrote down what it later forgot: the only excuse for a loss.

use std::collections::VecDeque;
use std::time::Duration;

use crate::telegram::{Event, What};

/// Whoever tells what was forgotten does so within that time.
const KEPT: Duration = Duration::from_mins(2);

/// Acknowledgements of the last minutes.
#[derive(Debug, Default)]
pub(super) struct Forgotten {
    acknowledged: VecDeque<Duration>,
    excused: u64,
}

impl Forgotten {
    /// Notes acknowledgements.
    pub(super) fn see(&mut self, event: &Event) {
        if let What::Acknowledged { .. } = event.what {
            self.acknowledged.push_back(event.at);
        }
        while self.acknowledged.front().is_some_and(|at| *at + KEPT < event.at) {
            self.acknowledged.pop_front();
        }
    }

    /// Live state forgot what it was told between these two moments. Answers how many updates were acknowledged then:
    /// each may have been a message, and that may be lost.
    pub(super) fn forgot(&mut self, from: Duration, to: Duration) -> u64 {
        let found = self.acknowledged.iter().filter(|at| (from..=to).contains(*at)).count();
        let found = u64::try_from(found).expect("updates of a moment");
        self.excused += found;
        found
    }

    /// How many messages may be lost.
    pub(super) fn excused(&self) -> u64 {
        self.excused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_acknowledged_in_the_window_counts() {
        let mut forgotten = Forgotten::default();
        for at in [1_000, 2_000, 3_000, 4_000] {
            let what = What::Acknowledged { bot: 1, user: 2, update_id: 3, age: Duration::ZERO };
            forgotten.see(&Event { at: Duration::from_millis(at), what });
        }
        let window = |from, to| (Duration::from_millis(from), Duration::from_millis(to));
        let (from, to) = window(1_500, 3_500);
        assert_eq!(forgotten.forgot(from, to), 2);
        let (from, to) = window(3_500, 5_000);
        assert_eq!(forgotten.forgot(from, to), 1);
        assert_eq!(forgotten.excused(), 3);
    }
}
