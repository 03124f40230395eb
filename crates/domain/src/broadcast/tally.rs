//! What became of the parts of a broadcast, and how far it has come.

use serde::{Deserialize, Serialize};

/// What became of one user's part of a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// It stands in their chat.
    Sent,
    /// They cannot be reached by that bot.
    Unreachable,
    /// Telegram does not take it, or that bot cannot say it.
    Failed,
    /// The broadcast was cancelled first.
    Dropped,
}

impl Delivery {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Sent, Self::Unreachable, Self::Failed, Self::Dropped];

    /// Its name in live state and in metrics, for ever.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Unreachable => "unreachable",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// How far a broadcast has come. All of it adds up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tally {
    /// Users whose part was queued.
    pub queued: u64,
    /// [`Delivery::Sent`].
    pub sent: u64,
    /// [`Delivery::Unreachable`].
    pub unreachable: u64,
    /// [`Delivery::Failed`].
    pub failed: u64,
    /// [`Delivery::Dropped`].
    pub dropped: u64,
}

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, delivery: Delivery) {
        *match delivery {
            Delivery::Sent => &mut self.sent,
            Delivery::Unreachable => &mut self.unreachable,
            Delivery::Failed => &mut self.failed,
            Delivery::Dropped => &mut self.dropped,
        } += 1;
    }

    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            queued: self.queued + other.queued,
            sent: self.sent + other.sent,
            unreachable: self.unreachable + other.unreachable,
            failed: self.failed + other.failed,
            dropped: self.dropped + other.dropped,
        }
    }

    /// Whether something became of every part that was queued.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.queued == self.sent + self.unreachable + self.failed + self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_is_settled_when_something_became_of_each() {
        let mut tally = Tally { queued: 4, ..Tally::default() };
        for delivery in Delivery::ALL {
            assert!(!tally.is_settled());
            tally.count(delivery);
        }
        assert!(tally.is_settled() && tally.with(tally).is_settled());
    }
}
