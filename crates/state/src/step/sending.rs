//! Steps of a shard's sender: one script per turn acknowledges, claims and reads.

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, MessageId, RoomId, Shard, TicketId, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::profile::Language;

use super::{Holder, TimeToLive};

/// A shard's outbox grew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Which shard.
    pub shard: Shard,
    /// By something that somebody waits for: it does not wait for the next round of turns.
    pub at_once: bool,
}

/// An entry as it lies in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Its place; also its name in claims and acknowledgements.
    pub id: EntryId,
    /// The addressee: the chat.
    pub user: UserId,
    /// The bot that sends it.
    pub bot: BotId,
    /// The language notices are rendered in.
    pub language: Language,
    /// The stored entry (JSON of `domain::outbox::Entry`); the state does not look inside.
    pub body: String,
    /// Counts the relayed messages to this addressee in its room; 0 for what is no relay.
    pub sequence: u32,
}

/// A send noted as begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Which entry.
    pub entry: EntryId,
    /// Whose chat: at most one claim per chat (user and bot).
    pub user: UserId,
    /// Which bot.
    pub bot: BotId,
    /// When it was claimed, by the state's clock.
    pub at: Millis,
}

/// An entry that is finished, one way or another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Which entry.
    pub entry: EntryId,
    /// Its addressee.
    pub user: UserId,
    /// Its bot: with the addressee, the chat whose claim is lifted.
    pub bot: BotId,
    /// What is remembered of it, if it was delivered.
    pub keep: Option<Keep>,
    /// What the database is to know.
    pub facts: Vec<Fact>,
}

/// What is remembered of a delivered entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keep {
    /// Of a copy: its ids, for replies and edits.
    Ids(IdPair),
    /// Of the notice that a room is open: its id in the addressee's chat. Kept if the record still waits for this
    /// very entry, so a late one says nothing of a later room.
    Announcement(MessageId),
    /// Of the notice that a search runs: its id in the addressee's chat. Kept if they still search by this ticket.
    Search {
        /// The ticket.
        ticket: TicketId,
        /// The message.
        message: MessageId,
    },
}

/// The two ids of one message. Kept for the last 100 messages of a room, until 1 h after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IdPair {
    /// The room.
    pub room: RoomId,
    /// In the addressee's chat.
    pub here: MessageId,
    /// In the writer's chat.
    pub there: MessageId,
}

/// Which of a message's ids is known; the other is asked for. Seen from the user whose shard is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Known {
    /// Its id in this user's chat: the partner wrote it.
    Here(MessageId),
    /// Its id in the partner's chat, who wrote it.
    There(MessageId),
}

/// One turn of a shard's sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The shard.
    pub shard: Shard,
    /// Who takes the turn.
    pub holder: Holder,
    /// The lease is renewed for this long.
    pub ttl: TimeToLive,
    /// Finished entries.
    pub acks: Vec<Ack>,
    /// Entries read in earlier turns that are to be claimed now, each the first unfinished of its chat. One that
    /// stands claimed already, by this holder or an earlier one, is claimed anew: its time becomes now.
    pub claims: Vec<EntryId>,
    /// Entries after this one are read.
    pub after: EntryId,
    /// At most so many are read.
    pub limit: u32,
    /// How many new entries of each bot may be claimed at once while they are read.
    pub permits: Vec<(BotId, u32)>,
    /// Chats of which no new entry may be claimed: a backlog is held here, or the chat is paused.
    pub deferred: Vec<(UserId, BotId)>,
    /// The next append rings (once), also if something was read, but not if the limit cut the answer. Unset by a
    /// sender that will look again soon anyway.
    pub sleep: bool,
}

/// Answer of [`Turn`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turned {
    /// The state's time: `at` of the claims made in this turn.
    pub now: Millis,
    /// New entries in order.
    pub entries: Vec<Queued>,
    /// What this turn claimed: of the asked-for claims and of the new entries (at most one per chat). A claim that
    /// was asked for and is missing here met another claim of its chat.
    pub claimed: Vec<EntryId>,
    /// The limit cut the answer: more is there.
    pub more: bool,
}

/// What a new lease holder finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inheritance {
    /// Claims of earlier holders. Their chats are left alone until the claim is older than the longest call.
    pub claims: Vec<Claim>,
    /// The state's time.
    pub now: Millis,
}

/// How full a shard's streams are, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Entries in the outbox.
    pub outbox: u64,
    /// Age of the oldest, in milliseconds; 0 if empty.
    pub outbox_oldest_ms: u64,
    /// Facts in the journal.
    pub journal: u64,
    /// Age of the oldest, in milliseconds; 0 if empty.
    pub journal_oldest_ms: u64,
    /// Users waiting or held.
    pub waiting: u64,
    /// Users chatting.
    pub chatting: u64,
}
