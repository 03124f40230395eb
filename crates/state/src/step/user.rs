//! Steps on a user's own shard: reading, and moving the session.

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::haste::{Brakes, Counted};
use hamdam_domain::id::{BotId, MessageId, UserId};
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::outbox::Entry;
use hamdam_domain::panel::Asking;
use hamdam_domain::profile::Profile;
use hamdam_domain::record::{Asked, Joined, Record};
use hamdam_domain::repeats::TextHash;
use hamdam_domain::session::Session;

/// A message that came in with an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wrote {
    /// In the writer's chat with this bot.
    pub bot: BotId,
    /// Its id there.
    pub message: MessageId,
}

/// What an update brings that came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Arrival {
    /// A message.
    pub wrote: Option<Wrote>,
    /// It counts for how much its user may send.
    pub counted: Option<Counted>,
    /// A hash of its text, if that could be advertising: in a room it is remembered for some minutes.
    pub spreads: Option<TextHash>,
}

/// Answer of `arrive` and `read`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The record; `None` for somebody the live state does not know (new, or gone for 30 days).
    pub record: Option<Record>,
    /// The state's time.
    pub now: Millis,
    /// Rubbish was found in the record and mended in the same step: what could be read was kept, what could not
    /// took its default (a session becomes idle). Counted by the caller.
    pub healed: bool,
}

/// Answer of `look`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// One for each user asked for; `None` for who is unknown.
    pub seen: Vec<Option<Seen>>,
    /// The state's time.
    pub now: Millis,
}

/// As much of a record as the audit compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where they stand. Unreadable: idle.
    pub session: Session,
    /// When their last update came in.
    pub active_at: Millis,
}

/// The one step that moves a session by its own user's update: compare, move, answer, mark, all or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who acts.
    pub user: UserId,
    /// The update they act by; its queue's mark is set to it.
    pub update: UpdateRef,
    /// The version that was read; if the record has another by now, nothing happens.
    pub expect: u64,
    /// The new session; `None` leaves it.
    pub session: Option<Session>,
    /// Whether this update becomes `since` (it began the new state, or was a Stop with nothing to stop).
    pub begins: bool,
    /// The new profile; `None` leaves it.
    pub profile: Option<Profile>,
    /// Whom the user blocks from now on.
    pub blocks: Option<UserId>,
    /// What becomes of the dialogue.
    pub asks: Asking,
    /// What waits for a word whether it is to be sent from now on; `None` leaves it.
    pub asked: Option<Asked>,
    /// What slows the user down from now on; `None` leaves it.
    pub brakes: Option<Brakes>,
    /// Whether the user is in the channel that is required; `None` leaves what is known. No other act depends on it.
    pub joined: Option<Joined>,
    /// Answers for the user's own chats, in order, each with the bot whose chat it goes to: nearly always
    /// `update.bot`; a room left through another bot ends in the chat of the room's bot.
    pub entries: Vec<(BotId, Entry)>,
    /// What the database is to know.
    pub facts: Vec<Fact>,
    /// Refused with `Full` above the memory watermark (search); other acts drain and always pass.
    pub grows: bool,
}

/// Answer of [`Act`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acted {
    /// It happened.
    Done,
    /// The mark says this update was done before; nothing happened.
    Duplicate,
    /// The record is no longer what was read; nothing happened. Read again and decide again.
    Changed,
}
