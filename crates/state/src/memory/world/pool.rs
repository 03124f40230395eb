//! One pool: who waits, and what changed.

use std::collections::{BTreeMap, BTreeSet};

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{RoomId, TicketId, UserId};
use hamdam_domain::ticket::{Intent, Ticket};

use super::lease::Lease;
use crate::step::pool::{Change, FeedCursor};

/// One pool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pool {
    /// Who waits.
    pub tickets: BTreeMap<(UserId, TicketId), Ticket>,
    /// Tickets that left: every attempt below the number counts as gone, until that time.
    pub gone: BTreeMap<(UserId, TicketId), (u32, Millis)>,
    /// The same by time, for forgetting.
    pub gone_until: BTreeSet<(Millis, UserId, TicketId)>,
    /// Matches being carried out.
    pub intents: BTreeMap<RoomId, Intent>,
    /// The change feed.
    pub feed: BTreeMap<FeedCursor, Change>,
    /// The newest place of the feed.
    pub feed_end: FeedCursor,
    /// The newest place that was cut off: a cursor before it reads a gap.
    pub feed_cut: FeedCursor,
    /// The leader sleeps: the next ticket that is added rings.
    pub asleep: bool,
    /// The elected instance.
    pub lock: Lease,
}
