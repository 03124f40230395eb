//! What is to be done about an update: steps for others first, then one on the user's own shard.
//!
//! These types mirror the steps of the state without knowing them; the fleet translates.

use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, MessageId, PoolId, RoomId, TicketId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::Entry;
use hamdam_domain::panel::{Asking, Page};
use hamdam_domain::pools::Pools;
use hamdam_domain::profile::Profile;
use hamdam_domain::session::Session;
use hamdam_domain::ticket::Ticket;
use hamdam_domain::wish::{Facts, Place};

/// What an operator decides about deciding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The pools that searches join.
    pub pools: Pools,
    /// Entries that may wait for one chat before its partner is asked to slow down.
    pub backlog_limit: u32,
    /// What must be told before the first search (`PROFILE_REQUIRED`).
    pub required: Required,
    /// Rules are to be agreed to before the first search (`ADULTS_ONLY`).
    pub adults_only: bool,
}

/// What an operator requires of a profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Required {
    /// A gender.
    pub gender: bool,
    /// An age.
    pub age: bool,
    /// A place.
    pub place: bool,
}

impl Required {
    /// The page on which the first missing thing is told.
    #[must_use]
    pub fn missing(&self, facts: &Facts) -> Option<Page> {
        let wanted = [
            (self.gender && facts.gender.is_none(), Page::Gender),
            (self.age && facts.age.is_none(), Page::Age),
            (self.place && facts.place == Place::default(), Page::Place),
        ];
        wanted.into_iter().find(|(missing, _)| *missing).map(|(_, page)| page)
    }
}

impl Default for Settings {
    /// One pool for everyone, 50 entries (design: relay), nothing required.
    fn default() -> Self {
        Self { pools: Pools::default(), backlog_limit: 50, required: Required::default(), adults_only: false }
    }
}

/// What is to be done about an update.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once per update and taken apart at once, never kept in numbers"
)]
pub enum Plan {
    /// It was done before, and nothing of it is missing.
    Nothing,
    /// It was done before, and the session waits by this very update: its ticket is added again, without effect if
    /// it is there.
    Readd(Ticket),
    /// One step on the own shard, perhaps with one before and one behind it.
    Act {
        /// Effects on others, conditional on a room or ticket that never comes twice.
        first: Option<First>,
        /// The step.
        act: Move,
        /// The ticket to add once the step is done.
        then: Option<Ticket>,
    },
    /// A message, edit, reaction or deletion for the partner.
    Relay(Relaying),
    /// Clears a finished room, or the last one: what to take away is to be looked up, and `clear` says what is done
    /// then.
    Clear(Option<RoomId>),
}

/// An effect on others' shards, before the own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a plan has one at most")]
pub enum First {
    /// The room ends for the partner.
    EndPartner {
        /// The partner.
        partner: UserId,
        /// The room.
        room: RoomId,
        /// What they are told.
        notice: Entry,
        /// What the database is told.
        fact: Fact,
    },
    /// The ticket leaves the pool, at every attempt.
    RemoveTicket {
        /// The pool.
        pool: PoolId,
        /// The ticket.
        ticket: TicketId,
    },
}

/// The step on the own shard. It always sets the update's mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The new session; `None` leaves it.
    pub session: Option<Session>,
    /// Whether the update becomes `since`.
    pub begins: bool,
    /// The new profile; `None` leaves it.
    pub profile: Option<Profile>,
    /// What becomes of the dialogue.
    pub asks: Asking,
    /// What the user is told, with the bot whose chat it goes to.
    pub entries: Vec<(BotId, Entry)>,
    /// What the database is told.
    pub facts: Vec<Fact>,
    /// What is done instead above the memory watermark. `Some` makes this a step that grows.
    pub if_full: Option<Box<Move>>,
    /// What came of the update.
    pub outcome: Outcome,
}

/// A message, edit, reaction or deletion for the partner. Its mark lives on the partner's side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relaying {
    /// The partner.
    pub to: UserId,
    /// The room.
    pub room: RoomId,
    /// What they get.
    pub entry: Entry,
    /// What stands before it if they were still held.
    pub found: Entry,
    /// The message it replies or reacts to, by its id in the writer's chat: if the partner wrote it, its id in the
    /// partner's chat goes into the entry ([`Relaying::reply_to`]).
    pub lookup: Option<MessageId>,
    /// The step on the own shard that follows once it is queued.
    pub then: Option<Box<Move>>,
    /// A copy of this kind is less than the original: its writer is told once it is queued, at most once an hour.
    pub loses: Option<MessageKind>,
}

/// Why a message was not relayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unrelayed {
    /// The partner is not in the room any more.
    NotInRoom,
    /// Too many entries wait for the partner's chat.
    Backlogged,
    /// The memory watermark is reached.
    Full,
}

/// What came of an update: a label from a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// In the partner's outbox.
    Relayed,
    /// The session moved.
    Moved,
    /// Answered; the session stays.
    Answered,
    /// Marked as done, nothing more: nobody needs an answer.
    Noted,
    /// Written before the present state began: marked, nothing more.
    Stale,
    /// Done before.
    Duplicate,
    /// A message that was not relayed; its writer is told why.
    Refused,
    /// A room whose partner was gone; it ended with its notice.
    Mended,
    /// None of ours.
    Ignored,
    /// Kept aside: it cannot be understood, or failed too often.
    Buried,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 10] = [
        Self::Relayed,
        Self::Moved,
        Self::Answered,
        Self::Noted,
        Self::Stale,
        Self::Duplicate,
        Self::Refused,
        Self::Mended,
        Self::Ignored,
        Self::Buried,
    ];

    /// The label of `hamdam_updates_total{outcome}`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Relayed => "relayed",
            Self::Moved => "moved",
            Self::Answered => "answered",
            Self::Noted => "noted",
            Self::Stale => "stale",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
            Self::Mended => "mended",
            Self::Ignored => "ignored",
            Self::Buried => "buried",
        }
    }
}
