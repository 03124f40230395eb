//! Steps that carry a match out, end it, or undo it. All on one user's shard; each succeeds if already done.

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, RoomId, TicketId, UserId};
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::outbox::Entry;
use hamdam_domain::session::Stub;
use hamdam_domain::ticket::Claimant;

/// One side of a match, seen from that side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The room.
    pub room: RoomId,
    /// Who is seated.
    pub me: Claimant,
    /// Whom they meet.
    pub partner: UserId,
    /// The partner's ticket: what the partner wrote before it does not belong to this room, so the room's relay
    /// mark starts there (the "floor").
    pub partner_ticket: TicketId,
    /// The era of the partner's bot.
    pub partner_era: u16,
}

impl Seat {
    /// The partner's bot, if it is another than one's own.
    #[must_use]
    pub fn across(&self) -> Option<BotId> {
        let theirs = self.partner_ticket.bot;
        (theirs != self.me.ticket.bot).then_some(theirs)
    }
}

/// Answer of `hold`, `attach` and `open`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seated {
    /// The user now stands where the step puts them.
    Done,
    /// They stood there before.
    Already,
    /// They are elsewhere, at another attempt, or block the partner. Final for the room.
    Refused,
}

/// Answer of `release`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Released {
    /// Waiting again at this attempt (or found so): to be re-added to the pool.
    Waiting(Stub),
    /// Was in the room: it ended for them, with its notice.
    Ended,
    /// Elsewhere: left alone.
    Elsewhere,
}

/// Ends a room on one user's shard, for the other's leaving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// On whose shard.
    pub user: UserId,
    /// The room; a user who is elsewhere is left alone.
    pub room: RoomId,
    /// The end notice for their chat, if they were chatting.
    pub notice: Entry,
    /// What the database is to know, if they were chatting.
    pub fact: Fact,
    /// Only if no update of this user came in since (a send that failed with "blocked" was begun then).
    pub unless_active_since: Option<Millis>,
    /// Marks the user unreachable as well.
    pub unreachable: bool,
}

/// Answer of [`End`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// `chatting(room)` became idle; the notice is queued.
    Ended,
    /// `held(room)` went back to waiting at the next attempt; the intent's holder re-adds the ticket.
    Returned,
    /// The user is not in that room (any more), or was active since.
    Elsewhere,
}

/// A message on its way into the partner's chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// The addressee.
    pub to: UserId,
    /// The room as the sender sees it.
    pub room: RoomId,
    /// The sender.
    pub from: UserId,
    /// The sender's update; its mark lives on this shard, per room and queue.
    pub update: UpdateRef,
    /// What to append.
    pub entry: Entry,
    /// The `found` notice that stands before it if the addressee was still held.
    pub found: Entry,
    /// Entries that may wait for this chat before the sender is asked to slow down.
    pub backlog_limit: u32,
}

/// Answer of [`Relay`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relayed {
    /// In the outbox. Opens a held partner first ("found" stands before the message).
    Queued,
    /// This update was relayed before, or was written before the room.
    Duplicate,
    /// The addressee is not in this room with this sender (any more).
    NotInRoom,
    /// Too many entries wait for that chat.
    Backlogged,
}
