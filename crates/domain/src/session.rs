//! A user's live state.

use crate::clock::Millis;
use crate::id::{PoolId, RoomId, TicketId, UserId};

/// Where a user stands. Exactly one of these at any instant (invariant 1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Session {
    /// Neither waiting nor talking.
    #[default]
    Idle,
    /// Has a ticket in its pool, or an intent that names it, or the audit mends it.
    Waiting(Stub),
    /// Chosen for `room`; the partner is not yet confirmed. To everyone but matcher and leave it is waiting.
    Held {
        /// The room being made.
        room: RoomId,
        /// Who was chosen.
        partner: UserId,
        /// What is returned to the pool if the room does not come about.
        stub: Stub,
    },
    /// In a room.
    Chatting {
        /// The room.
        room: RoomId,
        /// The other user.
        partner: UserId,
        /// The ticket it came from; its bot is the bot of this side of the room.
        ticket: TicketId,
    },
}

/// What a session keeps of its ticket: enough to find, fence and rebuild it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stub {
    /// The wish.
    pub ticket: TicketId,
    /// How often it came back to the pool (`n` of the design).
    pub attempt: u32,
    /// The pool it waits in.
    pub pool: PoolId,
    /// Since when it waits; kept over attempts, so nobody loses a place in the queue.
    pub waiting_since: Millis,
}

impl Session {
    /// The room this user talks in, or is chosen for.
    #[must_use]
    pub fn room(&self) -> Option<RoomId> {
        match self {
            Self::Held { room, .. } | Self::Chatting { room, .. } => Some(*room),
            Self::Idle | Self::Waiting(_) => None,
        }
    }

    /// The other user of that room.
    #[must_use]
    pub fn partner(&self) -> Option<UserId> {
        match self {
            Self::Held { partner, .. } | Self::Chatting { partner, .. } => Some(*partner),
            Self::Idle | Self::Waiting(_) => None,
        }
    }

    /// The ticket behind the state.
    #[must_use]
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Idle => None,
            Self::Waiting(stub) | Self::Held { stub, .. } => Some(stub.ticket),
            Self::Chatting { ticket, .. } => Some(*ticket),
        }
    }

    /// The state's name: the label of `hamdam_active_users`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Waiting(_) => "waiting",
            Self::Held { .. } => "held",
            Self::Chatting { .. } => "chatting",
        }
    }
}
