//! One wish for a partner, as the matching engine sees it.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::id::{PoolId, RoomId, TicketId, UserId};
use crate::profile::Language;
use crate::wish::{Facts, Wants, is_default};

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
    /// What they are.
    #[serde(skip_serializing_if = "is_default")]
    pub facts: Facts,
    /// Whom they want to meet.
    #[serde(skip_serializing_if = "is_default")]
    pub wants: Wants,
    /// Users they never want to meet (again).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<UserId>,
    /// Whom they met lately.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recent: Vec<Met>,
}

impl Wishes {
    /// The most users a ticket's list of blocks, or of recent partners, names. The steps that carry a match out look at
    /// the whole block list of the record again.
    pub const LIST_MOST: usize = 1_000;
}

/// An earlier meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Met {
    /// With whom.
    pub user: UserId,
    /// When they last parted.
    pub at: Millis,
}

impl Met {
    /// So many meetings of a user are remembered, the newest.
    pub const MOST: usize = 20;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What the version before facts and wants wrote.
    #[test]
    fn a_ticket_of_an_older_version_reads_with_defaults_and_an_open_one_is_written_as_it_was() {
        let text = r#"{"claimant":{"user":1,"ticket":{"bot":7,"update":9},"attempt":0},"era":0,"pool":"main","waiting_since":5,"wishes":{"language":"fa","blocked":[3]}}"#;
        let ticket = Ticket::from_json(text).unwrap();
        assert_eq!((ticket.wishes.facts, ticket.wishes.wants), (Facts::default(), Wants::default()));
        assert_eq!(ticket.wishes.recent, []);
        assert_eq!(ticket.to_json(), text);
    }

    #[test]
    fn what_a_newer_version_adds_is_ignored() {
        let text = r#"{"language":"en","shoe_size":44,"facts":{"age":30,"hat":true},"wants":{"reach":{"within":50}}}"#;
        let wishes: Wishes = serde_json::from_str(text).unwrap();
        assert_eq!(wishes.facts.age.map(u8::from), Some(30));
    }
}
