//! Calls that somebody who died may not have learned the outcome of: the only excuse for a second delivery.

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use crate::telegram::{CallId, Event, Outcome, What};

/// A caller may not have noted an answer that it got so long before it died.
const JUST_ANSWERED: Duration = Duration::from_millis(500);

/// What an interruption met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interruption {
    /// Messages of the interrupted whose calls have no answer yet.
    pub unanswered: u64,
    /// Those whose calls were answered just now.
    pub answered: u64,
}

/// Calls by connection.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    /// Calls that would place a message, without an answer yet.
    unanswered: HashMap<CallId, Attempt>,
    /// When and on which connection such calls were answered lately, and how many messages each was to place.
    answered: VecDeque<(Duration, SocketAddr, u64)>,
    /// Connections of the interrupted: what still comes in through them was on its way already.
    doomed: HashSet<SocketAddr>,
    interrupted: u64,
}

/// A call without an answer.
#[derive(Debug)]
struct Attempt {
    peer: SocketAddr,
    /// Messages it would place: each may come twice.
    messages: u64,
    /// It is among the interrupted.
    counted: bool,
}

impl Attempts {
    /// Notes calls and answers.
    pub(super) fn see(&mut self, event: &Event) {
        while self.answered.front().is_some_and(|(at, ..)| *at + JUST_ANSWERED < event.at) {
            self.answered.pop_front();
        }
        match &event.what {
            What::CallReceived { call, peer: Some(peer), messages: messages @ 1.., .. } => {
                let counted = self.doomed.contains(peer);
                let messages = u64::try_from(*messages).unwrap_or(u64::MAX);
                self.unanswered.insert(*call, Attempt { peer: *peer, messages, counted });
                self.interrupted += if counted { messages } else { 0 };
            }
            What::CallAnswered { call, outcome, .. } => {
                let Some(attempt) = self.unanswered.remove(call) else { return };
                match outcome {
                    // Nobody can know what was carried out and never answered, dead or alive.
                    Outcome::Unanswered { executed } => {
                        self.interrupted += if *executed && !attempt.counted { attempt.messages } else { 0 };
                    }
                    Outcome::Done | Outcome::Refused { .. } => {
                        self.answered.push_back((event.at, attempt.peer, attempt.messages));
                    }
                }
            }
            What::Disconnected { peer } => {
                self.doomed.remove(peer);
            }
            _ => {}
        }
    }

    /// The owners of these connections are about to be killed, paused or cut off from the state. Answers how many of their
    /// messages are in calls that are unanswered or were answered just now.
    pub(super) fn interrupt(&mut self, connections: &HashSet<SocketAddr>) -> Interruption {
        let mut unanswered = 0;
        for attempt in self.unanswered.values_mut().filter(|attempt| connections.contains(&attempt.peer)) {
            let before = std::mem::replace(&mut attempt.counted, true);
            unanswered += if before { 0 } else { attempt.messages };
        }
        let lately = self.answered.iter().filter(|(_, peer, _)| connections.contains(peer));
        let answered: u64 = lately.map(|(_, _, messages)| messages).sum();
        self.interrupted += unanswered + answered;
        self.doomed.extend(connections);
        Interruption { unanswered, answered }
    }

    /// What was on its way is through: the owners were woken up again, or their connections are gone.
    pub(super) fn resume(&mut self, connections: &HashSet<SocketAddr>) {
        self.doomed.retain(|peer| !connections.contains(peer));
    }

    /// How many messages were in calls that were interrupted so far.
    pub(super) fn interrupted(&self) -> u64 {
        self.interrupted
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn peer(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    fn received(at: u64, call: CallId, port: u16, messages: usize) -> Event {
        let what = What::CallReceived {
            call,
            peer: Some(peer(port)),
            bot: Some(1),
            method: Arc::from("any"),
            chat: Some(2),
            messages,
        };
        Event { at: Duration::from_millis(at), what }
    }

    fn answered(at: u64, call: CallId) -> Event {
        Event {
            at: Duration::from_millis(at),
            what: What::CallAnswered { call, outcome: Outcome::Done, took: Duration::ZERO },
        }
    }

    #[test]
    fn unanswered_and_just_answered_calls_of_the_interrupted_count() {
        let mut attempts = Attempts::default();
        for (call, port) in [(1, 10), (2, 10), (3, 10), (4, 20), (5, 10)] {
            attempts.see(&received(0, call, port, 1));
        }
        attempts.see(&received(0, 6, 10, 0));
        attempts.see(&answered(100, 1));
        attempts.see(&answered(700, 2));
        attempts.see(&answered(900, 3));
        // 1 was answered long ago, 2 and 3 just now, 5 is unanswered; 4 is somebody else's.
        let found = attempts.interrupt(&HashSet::from([peer(10)]));
        assert_eq!(found, Interruption { unanswered: 1, answered: 2 });
        // On its way when its sender died.
        attempts.see(&received(901, 7, 10, 1));
        attempts.see(&received(901, 8, 20, 1));
        assert_eq!(attempts.interrupted(), 4);
    }

    #[test]
    fn what_was_carried_out_and_never_answered_counts_once() {
        let mut attempts = Attempts::default();
        for call in [1, 2, 3, 4] {
            attempts.see(&received(0, call, 10, 1));
        }
        let unanswered = |call, executed| Event {
            at: Duration::from_millis(1),
            what: What::CallAnswered {
                call,
                outcome: Outcome::Unanswered { executed },
                took: Duration::ZERO,
            },
        };
        attempts.see(&unanswered(1, true));
        attempts.see(&unanswered(2, false));
        assert_eq!(attempts.interrupted(), 1);
        let found = attempts.interrupt(&HashSet::from([peer(10)]));
        assert_eq!(found, Interruption { unanswered: 2, answered: 0 });
        attempts.see(&unanswered(3, true));
        assert_eq!(attempts.interrupted(), 3, "counted when it was interrupted");
    }

    #[test]
    fn an_album_counts_by_its_messages() {
        let mut attempts = Attempts::default();
        attempts.see(&received(0, 1, 10, 3));
        attempts.see(&received(0, 2, 10, 4));
        attempts.see(&answered(100, 2));
        let found = attempts.interrupt(&HashSet::from([peer(10)]));
        assert_eq!(found, Interruption { unanswered: 3, answered: 4 });
        attempts.see(&received(101, 3, 10, 10));
        assert_eq!(attempts.interrupted(), 17);
    }

    #[test]
    fn a_port_may_be_used_again() {
        let mut attempts = Attempts::default();
        attempts.interrupt(&HashSet::from([peer(10)]));
        attempts.see(&Event { at: Duration::ZERO, what: What::Disconnected { peer: peer(10) } });
        attempts.see(&received(1, 1, 10, 1));
        attempts.interrupt(&HashSet::from([peer(20)]));
        attempts.resume(&HashSet::from([peer(20)]));
        attempts.see(&received(1, 2, 20, 1));
        assert_eq!(attempts.interrupted(), 0);
    }
}
