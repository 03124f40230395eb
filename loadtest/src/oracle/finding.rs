//! The nine counts, and what was found for each.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::telegram::{BotId, MessageId, UserId};

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $field:literal),* $(,)?) => {
        /// What can go wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Fault {
            $($(#[$doc])* #[serde(rename = $field)] $name),*
        }

        impl Fault {
            /// All nine.
            pub const ALL: [Self; 9] = [$(Self::$name),*];

            /// The name of its count.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $field),* }
            }
        }
    };
}

faults! {
    /// Written in a room, acknowledged, and never delivered, though nothing excuses it.
    Lost = "lost",
    /// Delivered a second time, or said a second time.
    Duplicated = "duplicated",
    /// Delivered to somebody else than the partner its writer saw.
    Misdelivered = "misdelivered",
    /// Something of a room, in a chat, after the notice that the room ended there.
    DeliveredAfterLeave = "delivered_after_leave",
    /// Delivered after a later one of the same writer in the same room.
    Reordered = "reordered",
    /// In two rooms at once, or in two rooms by one ticket.
    DoubleMatched = "double_matched",
    /// The same user on both sides.
    SelfMatched = "self_matched",
    /// Waits though somebody else waits too, got no answer to a search, or sits in a room whose other side is gone.
    StuckWaiting = "stuck_waiting",
    /// A call that the specification does not take.
    InvalidCalls = "invalid_calls",
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The nine counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// See [`Fault::Lost`].
    pub lost: u64,
    /// See [`Fault::Duplicated`].
    pub duplicated: u64,
    /// See [`Fault::Misdelivered`].
    pub misdelivered: u64,
    /// See [`Fault::DeliveredAfterLeave`].
    pub delivered_after_leave: u64,
    /// See [`Fault::Reordered`].
    pub reordered: u64,
    /// See [`Fault::DoubleMatched`].
    pub double_matched: u64,
    /// See [`Fault::SelfMatched`].
    pub self_matched: u64,
    /// See [`Fault::StuckWaiting`].
    pub stuck_waiting: u64,
    /// See [`Fault::InvalidCalls`].
    pub invalid_calls: u64,
}

impl Counts {
    /// One of them.
    pub fn get(&self, fault: Fault) -> u64 {
        match fault {
            Fault::Lost => self.lost,
            Fault::Duplicated => self.duplicated,
            Fault::Misdelivered => self.misdelivered,
            Fault::DeliveredAfterLeave => self.delivered_after_leave,
            Fault::Reordered => self.reordered,
            Fault::DoubleMatched => self.double_matched,
            Fault::SelfMatched => self.self_matched,
            Fault::StuckWaiting => self.stuck_waiting,
            Fault::InvalidCalls => self.invalid_calls,
        }
    }

    /// What came since an earlier look.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut more = Self::default();
        for fault in Fault::ALL {
            *more.of(fault) = self.get(fault).saturating_sub(before.get(fault));
        }
        more
    }

    fn of(&mut self, fault: Fault) -> &mut u64 {
        match fault {
            Fault::Lost => &mut self.lost,
            Fault::Duplicated => &mut self.duplicated,
            Fault::Misdelivered => &mut self.misdelivered,
            Fault::DeliveredAfterLeave => &mut self.delivered_after_leave,
            Fault::Reordered => &mut self.reordered,
            Fault::DoubleMatched => &mut self.double_matched,
            Fault::SelfMatched => &mut self.self_matched,
            Fault::StuckWaiting => &mut self.stuck_waiting,
            Fault::InvalidCalls => &mut self.invalid_calls,
        }
    }
}

/// One thing that went wrong, for a person to look into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Its count.
    pub fault: Fault,
    /// Milliseconds since the simulator began.
    pub at_ms: u64,
    /// The chat: its bot.
    pub bot: BotId,
    /// The chat: its user.
    pub user: UserId,
    /// The message in that chat it is about, or 0.
    pub message: MessageId,
    /// What happened, without content.
    pub what: String,
}

/// Where something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) bot: BotId,
    pub(super) user: UserId,
    pub(super) message: MessageId,
}

/// Counts everything and keeps the first of each kind.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) counts: Counts,
    kept: Vec<Finding>,
}

/// So many findings of one kind are kept.
const KEPT_OF_EACH: usize = 10;

impl Findings {
    /// Counts a fault.
    pub(super) fn note(&mut self, fault: Fault, at: Duration, place: Place, what: impl FnOnce() -> String) {
        *self.counts.of(fault) += 1;
        if self.kept.iter().filter(|finding| finding.fault == fault).count() < KEPT_OF_EACH {
            let at_ms = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
            let Place { bot, user, message } = place;
            self.kept.push(Finding { fault, at_ms, bot, user, message, what: what() });
        }
    }

    /// Takes a fault back that turned out to be none.
    pub(super) fn withdraw(&mut self, fault: Fault, place: Place) {
        let count = self.counts.of(fault);
        *count = count.saturating_sub(1);
        self.kept.retain(|kept| {
            (kept.fault, kept.bot, kept.user, kept.message) != (fault, place.bot, place.user, place.message)
        });
    }

    /// The first of each kind, in the order they were found.
    pub(super) fn kept(&self) -> &[Finding] {
        &self.kept
    }
}
