//! One shard: what is to be sent and written, and who stands where.

use std::collections::{BTreeMap, BTreeSet};

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, Epoch, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::profile::Language;
use hamdam_domain::session::Session;

use super::super::bulk::Bulk;
use super::lease::Lease;

/// One shard's streams, lease and counters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ShardState {
    /// What is still to be sent, in order.
    pub outbox: BTreeMap<EntryId, Stored>,
    /// The newest outbox id ever given.
    pub last_entry: EntryId,
    /// Unacknowledged entries per chat; no zeros.
    pub backlog: BTreeMap<(UserId, BotId), u32>,
    /// Sends noted as begun, at most one per chat.
    pub claims: BTreeMap<(UserId, BotId), Claimed>,
    /// Parts of broadcasts still to be sent.
    pub bulk: Bulk,
    /// What is still to be written to the database.
    pub journal: BTreeMap<EntryId, String>,
    /// The newest journal id ever given.
    pub last_fact: EntryId,
    /// Who sends for this shard.
    pub lease: Lease,
    /// The sender sleeps: the next append rings.
    pub asleep: bool,
    /// Users who are not idle, by when they entered their present state.
    pub live: BTreeSet<(Millis, UserId)>,
    /// How many of them wait or are held.
    pub waiting: u64,
    /// How many of them chat.
    pub chatting: u64,
}

/// An entry in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stored {
    /// The addressee.
    pub user: UserId,
    /// The bot that sends it.
    pub bot: BotId,
    /// The addressee's language when it was queued.
    pub language: Language,
    /// JSON of `domain::outbox::Entry`.
    pub body: String,
    /// Position among the relays of its room; 0 for what is no relay.
    pub sequence: u32,
}

/// A claim on a chat.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Claimed {
    /// The entry whose send was begun.
    pub entry: EntryId,
    /// When.
    pub at: Millis,
    /// Under which epoch of the shard's lease.
    pub epoch: Epoch,
}

/// Counts a session in or out. The idle are counted nowhere.
pub(super) fn count(shard: &mut ShardState, session: &Session, by: i64) {
    let counter = match session {
        Session::Idle => return,
        Session::Waiting(_) | Session::Held { .. } => &mut shard.waiting,
        Session::Chatting { .. } => &mut shard.chatting,
    };
    *counter = counter.checked_add_signed(by).expect("who is counted out was counted in");
}
