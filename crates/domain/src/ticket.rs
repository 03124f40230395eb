//! One wish for a partner, as the matching engine sees it.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::id::{PoolId, RoomId, TicketId, UserId};
use crate::profile::Language;

/// A ticket at one attempt: what scripts compare to know that nothing happened in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Claimant {
    /// Whose ticket.
    pub user: UserId,
    /// The wish.
    pub ticket: TicketId,
    /// How often it came back to the pool.
    pub attempt: u32,
}

/// A ticket waiting in a pool.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ticket {
    /// Who wishes, by which ticket, at which attempt.
    pub claimant: Claimant,
    /// Its bot's era: partner-side relay marks begin at this ticket's update id, and ids are of an era.
    pub era: u16,
    /// Its pool.
    pub pool: PoolId,
    /// Since when it waits.
    pub waiting_since: Millis,
    /// What the user is and wants.
    pub wishes: Wishes,
}

impl Ticket {
    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("tickets have string keys and no failing serializer")
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// What a user is and whom they want to meet. Grows with the matching engine; unknown fields are ignored and
/// missing ones take their default, so two versions read each other's tickets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// The language they read.
    pub language: Language,
    /// Users they never want to meet (again).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<UserId>,
}

/// A committed match that is being carried out: `first` is held, `second` attached, then `first` opened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Intent {
    /// The room to be made.
    pub room: RoomId,
    /// Who is held until the other is in.
    pub first: Ticket,
    /// Who is attached directly.
    pub second: Ticket,
}
