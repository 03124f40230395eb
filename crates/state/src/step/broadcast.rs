//! Steps of broadcasts: what is decided about them, queueing them piece by piece, and sending them for a shard.

use hamdam_domain::broadcast::{BroadcastId, Course, Delivery, Plan};
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, Epoch, Shard, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::profile::Language;

use super::{Holder, TimeToLive};

/// Broadcasts that are remembered: of more the oldest are forgotten.
pub const KEPT: u32 = 20;

/// Answer of `begin_broadcast`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It runs under this number, since now or before.
    As(BroadcastId),
    /// This one is under way; there is one at a time.
    Busy(BroadcastId),
}

/// A broadcast as live state has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Broadcast {
    /// What was decided.
    pub plan: Plan,
    /// How it stands, or stood when it was over.
    pub course: Course,
    /// When it began.
    pub begun_at: Millis,
    /// Everybody up to this user is queued.
    pub position: UserId,
    /// Everybody is queued.
    pub all_queued: bool,
    /// When something had become of every part of it.
    pub over_at: Option<Millis>,
}

/// A piece of a broadcast for the users of one shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Of which.
    pub broadcast: BroadcastId,
    /// For which shard.
    pub shard: Shard,
    /// Those of the shard's users up to this one whom it is for. Users come in ascending order, pieces one after the other.
    pub up_to: UserId,
    /// They, as the durable record knows them. What live state knows better counts.
    pub users: Vec<Addressee>,
    /// Only those of whom an update came in since then, in whole seconds.
    pub active_since: Option<Millis>,
    /// Only those who are spoken to in this language.
    pub language: Option<Language>,
    /// Only those who used this bot last.
    pub bot: Option<BotId>,
    /// So many entries may wait on the shard; with more nothing is added.
    pub most_waiting: u32,
}

/// One user of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Addressee {
    /// Who.
    pub user: UserId,
    /// The bot they used last.
    pub bot: BotId,
    /// The language they are spoken to in.
    pub language: Language,
}

/// Answer of `queue_piece`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceQueued {
    /// Queued, now or before.
    Done,
    /// Too much waits on the shard: later.
    Later,
}

/// A part of a broadcast as it lies on its shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its place; also its name in claims and acknowledgements.
    pub id: EntryId,
    /// Of which broadcast.
    pub broadcast: BroadcastId,
    /// To whom, by which bot, in which language.
    pub to: Addressee,
    /// It stands claimed: since when, and under which epoch. A send of it may have been begun then.
    pub claimed: Option<(Millis, Epoch)>,
}

/// A part that is finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartAck {
    /// Which.
    pub id: EntryId,
    /// Of which broadcast.
    pub broadcast: BroadcastId,
    /// What became of it.
    pub delivery: Delivery,
}

/// One turn on a shard's broadcasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkTurn {
    /// The shard.
    pub shard: Shard,
    /// Who takes the turn: the holder of the shard's lease.
    pub holder: Holder,
    /// The lease is renewed for this long.
    pub ttl: TimeToLive,
    /// Finished parts.
    pub acks: Vec<PartAck>,
    /// Parts that are to be claimed now; a claim that stands is taken over, and its time becomes now.
    pub claims: Vec<EntryId>,
    /// Parts after this one are read.
    pub after: EntryId,
    /// At most so many are read.
    pub limit: u32,
    /// The conversations' entries up to this one are known. If there are newer ones, nothing is claimed: they go first.
    pub conversations: EntryId,
}

/// Answer of [`BulkTurn`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkTurned {
    /// The state's time: that of the claims made in this turn.
    pub now: Millis,
    /// There are conversations' entries that nobody has read.
    pub conversations_first: bool,
    /// What this turn claimed, of what was asked for.
    pub claimed: Vec<EntryId>,
    /// New parts in order.
    pub parts: Vec<Part>,
    /// The limit cut the answer: more is there.
    pub more: bool,
}
