//! What is counted beside the faults.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::log::Fate;

/// Durations of one kind.
#[derive(Clone, Debug)]
pub struct Times {
    micros: Histogram<u64>,
}

/// Longer times count as this long.
const LONGEST: Duration = Duration::from_hours(1);

impl Default for Times {
    fn default() -> Self {
        let longest = u64::try_from(LONGEST.as_micros()).expect("an hour fits");
        let micros =
            Histogram::new_with_bounds(1, longest, 3).expect("bounds in order and three digits are valid");
        Self { micros }
    }
}

impl Times {
    /// Counts one.
    pub fn note(&mut self, took: Duration) {
        self.micros.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.micros.len()
    }

    /// The time that this share (0 to 1) did not exceed, in milliseconds; 0 if nothing was counted.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        Duration::from_micros(self.micros.value_at_quantile(share)).as_secs_f64() * 1000.0
    }

    /// The longest, in milliseconds.
    pub fn max_ms(&self) -> f64 {
        Duration::from_micros(self.micros.max()).as_secs_f64() * 1000.0
    }
}

/// What is counted beside the faults. `sent = relayed + refused + dropped_by_leave + lost + pending`, always.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Messages written in a room, as their writer saw it. What Telegram lost before the fleet saw it is not counted.
    pub sent: u64,
    /// Of these, delivered to the partner.
    pub relayed: u64,
    /// Of these, not relayed, and their writer was told so in a reply to them.
    pub refused: u64,
    /// Of these, excused by somebody's leaving.
    pub dropped_by_leave: u64,
    /// Of these, not decided yet.
    pub pending: u64,
    /// Messages written while no room was open, or after asking to leave it.
    pub outside: u64,
    /// Of these, delivered in the next room (which had begun unseen).
    pub outside_relayed: u64,
    /// Of these, answered in a reply to them.
    pub outside_answered: u64,
    /// Updates that Telegram lost before the fleet saw them (full queue, too old).
    pub lost_by_telegram: u64,
    /// Rooms that two chats showed.
    pub rooms: u64,
    /// Edits made, of messages that had been relayed.
    pub edits: u64,
    /// Edits that reached the partner's copy.
    pub edits_relayed: u64,
    /// Relayed messages that were written as a reply.
    pub replies: u64,
    /// Of these, delivered as a reply to the right message.
    pub replies_landed: u64,
    /// Reactions on messages with another side, in the room that was open.
    pub reactions: u64,
    /// Reactions that reached the other side of their message.
    pub reactions_relayed: u64,
    /// Messages that were taken back while they stood with the partner, and their room was open.
    pub deletions: u64,
    /// Copies that went because their writer took them back or cleared their room.
    pub deletions_relayed: u64,
    /// Copies of messages that were written in an album.
    pub of_albums: u64,
    /// Of these, delivered in an album.
    pub in_albums: u64,
    /// Webhook requests that failed or were answered other than 2xx.
    pub webhook_failures: u64,
    /// Users with an open room on their screen.
    pub seated: usize,
    /// From a webhook request to its 2xx.
    pub webhook: Times,
    /// From writing a message to its copy in the partner's chat.
    pub relay: Times,
    /// From asking for a partner to being shown one.
    pub matching: Times,
}

impl Tally {
    /// The count of messages of this fate; lost ones are counted with the faults.
    pub(super) fn part(&mut self, fate: Fate) -> Option<&mut u64> {
        match fate {
            Fate::Open => Some(&mut self.pending),
            Fate::Relayed => Some(&mut self.relayed),
            Fate::Refused => Some(&mut self.refused),
            Fate::Dropped => Some(&mut self.dropped_by_leave),
            Fate::Lost | Fate::Void => None,
        }
    }
}
