//! The trait. Every method is one atomic step: it happens whole or not at all, and may be sent twice.

use async_trait::async_trait;
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{
    BotId, Epoch, InstanceId, MessageId, PoolId, RoomId, Shard, TicketId, UpdateId, UserId,
};
use hamdam_domain::outbox::{Entry, EntryId};
use hamdam_domain::profile::Profile;
use hamdam_domain::session::Stub;
use hamdam_domain::ticket::{Claimant, Intent, Ticket};
use tokio::sync::broadcast;

use crate::error::Result;
use crate::step::bot::{Budget, DeadLetter, Granted};
use crate::step::instance::{Instance, Meta};
use crate::step::journal::Noted;
use crate::step::matching::{End, Ended, Relay, Relayed, Released, Seat, Seated};
use crate::step::pool::{Added, Changes, FeedCursor, Settlement, Standing, Stock};
use crate::step::search::GaveUp;
use crate::step::sending::{Depth, IdPair, Inheritance, Known, Ring, Turn, Turned};
use crate::step::user::{Act, Acted, Look, Reading, Wrote};
use crate::step::{Fenced, Holder, TimeToLive};

/// Live state. Times inside are the state's own (Redis `TIME`), so instances with wrong clocks agree.
#[async_trait]
pub trait State: Send + Sync + 'static {
    /// How many shards users are spread over.
    fn shards(&self) -> u16;

    // A user's own shard.

    /// Reads a user's record because an update of theirs came in, and notes that they were active now. `wrote` is the
    /// message it brought, if any. Messages of a chat come in order, each acknowledged before the next, so the first one
    /// behind the notice of the room ends the announcement: none from before it can follow.
    async fn arrive(&self, user: UserId, wrote: Option<Wrote>) -> Result<Reading>;

    /// Reads a user's record.
    async fn read(&self, user: UserId) -> Result<Reading>;

    /// Creates the record of somebody unknown to live state: idle, with this profile and these blocks. No effect if
    /// there is one. `facts` are journalled only if it was created.
    async fn enroll(&self, user: UserId, profile: &Profile, blocked: &[UserId], facts: &[Fact])
    -> Result<()>;

    /// Compares, moves, answers and marks (see [`Act`]). Counters and `live` move with the session.
    async fn act(&self, act: &Act) -> Result<Acted>;

    /// The other id of a message in `room`, as kept on `user`'s shard.
    async fn lookup(&self, user: UserId, room: RoomId, known: Known) -> Result<Option<MessageId>>;

    /// Every pair of message ids of `room` that `user`'s shard keeps, oldest first.
    async fn ids(&self, user: UserId, room: RoomId) -> Result<Vec<IdPair>>;

    /// Appends an entry to `user`'s chat on the bot of their session (or the bot they last used), outside of any
    /// update: what could not be copied is explained to its sender. `once` names it: a second append of the same
    /// name within an hour has no effect.
    async fn tell(&self, user: UserId, entry: &Entry, once: &str) -> Result<()>;

    /// The same into `user`'s chat with `bot`, wherever they are.
    async fn tell_through(&self, user: UserId, bot: BotId, entry: &Entry, once: &str) -> Result<()>;

    /// Appends news of a search to the chat of a user who waits by this ticket, at whatever attempt; no effect on anybody
    /// else, so that nothing about a search is queued behind what ended it. `once` as for [`State::tell`]. Refused with
    /// `Full` above the memory watermark.
    async fn tell_waiting(&self, user: UserId, ticket: TicketId, entry: &Entry, once: &str) -> Result<()>;

    /// `waiting(T, n) -> idle` at whatever attempt, with `notice`: nobody was found. The ticket is to be removed from its
    /// pool behind this, also when they are elsewhere.
    async fn give_up(&self, user: UserId, ticket: TicketId, notice: &Entry) -> Result<GaveUp>;

    // The partner's shard.

    /// Puts a message into the partner's outbox, if both are still in the room (see [`Relay`]).
    async fn relay(&self, relay: &Relay) -> Result<Relayed>;

    /// Ends the room for one user because the other left (see [`End`]).
    async fn end(&self, end: &End) -> Result<Ended>;

    // Carrying a match out. Conditional on room and ticket, neither of which comes twice; needs no lock.

    /// `waiting(T, n) -> held(R)`. Refuses if the user's own block list names the partner.
    async fn hold(&self, seat: &Seat) -> Result<Seated>;

    /// `waiting(T, n) -> chatting(R)`; queues `found` and journals `opened`. Refuses like `hold`.
    async fn attach(&self, seat: &Seat, found: &Entry, opened: &Fact) -> Result<Seated>;

    /// `held(R) -> chatting(R)`; queues `found`.
    async fn open(&self, user: UserId, room: RoomId, found: &Entry) -> Result<Seated>;

    /// Undoes one side: `held(R)` or `waiting(T, n)` becomes `waiting(T, n+1)` (and is reported again when found
    /// so), `chatting(R)` ends with `notice` and `closed`, anything else is left alone.
    async fn release(&self, room: RoomId, who: &Claimant, notice: &Entry, closed: &Fact) -> Result<Released>;

    // A pool.

    /// Adds a ticket. No effect if it is there, in an intent, or gone.
    async fn add_ticket(&self, ticket: &Ticket) -> Result<Added>;

    /// Removes a user's ticket at every attempt and notes it gone for every attempt.
    async fn remove_ticket(&self, pool: &PoolId, user: UserId, ticket: TicketId) -> Result<()>;

    /// Takes a pool's lock if it is free, or renews it. `None`: somebody else has it.
    async fn lead(&self, pool: &PoolId, owner: &InstanceId, ttl: TimeToLive) -> Result<Option<Epoch>>;

    /// Gives the lock back, if still held.
    async fn step_down(&self, pool: &PoolId, holder: &Holder) -> Result<()>;

    /// Where the change feed ends now: taken before the stock, so that no change falls between the two.
    async fn feed_end(&self, pool: &PoolId) -> Result<FeedCursor>;

    /// A page of the waiting tickets, from `page` (0 first).
    async fn stock(&self, pool: &PoolId, page: u64, limit: u32) -> Result<Stock>;

    /// Changes after `cursor`. If the leader is to `sleep`, then after an answer that is not cut the next ticket that is
    /// added rings once ([`State::pool_rings`]); without it nothing is written, and anybody may look on.
    async fn changes(&self, pool: &PoolId, cursor: FeedCursor, limit: u32, sleep: bool) -> Result<Changes>;

    /// For each proposal in turn: both tickets still there at their attempt -> both gone, intent recorded, removals
    /// in the feed. Answers which were; but the holder works from [`State::intents`], because an answer may be lost.
    async fn commit(&self, pool: &PoolId, holder: &Holder, proposals: &[Intent])
    -> Result<Fenced<Vec<bool>>>;

    /// The stored intents, oldest first.
    async fn intents(&self, pool: &PoolId, holder: &Holder, limit: u32) -> Result<Fenced<Vec<Intent>>>;

    /// Drops intents that are carried out or given up, re-adding in the same step what is to be re-added (not what
    /// left meanwhile). A settlement whose intent is no longer stored has no effect.
    async fn settle(&self, pool: &PoolId, holder: &Holder, settlements: &[Settlement]) -> Result<Fenced<()>>;

    /// Where the pool has each of these tickets.
    async fn standing(&self, pool: &PoolId, tickets: &[Claimant]) -> Result<Vec<Standing>>;

    /// How many tickets wait.
    async fn queue_length(&self, pool: &PoolId) -> Result<u64>;

    /// Names of pools whose sleeping leader should look: rung by the step that added a ticket, if this instance has the
    /// lock. May miss a ring; the interval of batches catches it.
    fn pool_rings(&self) -> broadcast::Receiver<PoolId>;

    // Sending for a shard.

    /// Takes a shard's lease if it is free, or renews it. `None`: somebody else has it.
    async fn lease(&self, shard: Shard, owner: &InstanceId, ttl: TimeToLive) -> Result<Option<Epoch>>;

    /// Gives a lease back, if still held.
    async fn release_lease(&self, shard: Shard, holder: &Holder) -> Result<()>;

    /// The claims of earlier holders, for a new one.
    async fn inherit(&self, shard: Shard, holder: &Holder) -> Result<Fenced<Inheritance>>;

    /// Renews the lease, acknowledges, claims and reads (see [`Turn`]). An ack of an entry that is gone has no
    /// effect, its facts included. Claims are made under the holder's epoch; at most one stands per chat.
    async fn turn(&self, turn: &Turn) -> Result<Fenced<Turned>>;

    /// Names of shards whose sender should look: rung by the step that appended, if the sender sleeps or a partner was
    /// found. May miss a ring; a poll each second catches it.
    fn rings(&self) -> broadcast::Receiver<Ring>;

    // A shard's journal.

    /// Facts after `after`, in order.
    async fn facts(
        &self,
        shard: Shard,
        holder: &Holder,
        after: EntryId,
        limit: u32,
    ) -> Result<Fenced<Vec<Noted>>>;

    /// Drops facts that are in the database.
    async fn forget_facts(&self, shard: Shard, holder: &Holder, ids: &[EntryId]) -> Result<Fenced<()>>;

    // A shard's audit.

    /// Users who are not idle and entered their present state before `before`, oldest first, from the `skip`th on.
    async fn live(&self, shard: Shard, before: Millis, skip: u32, limit: u32) -> Result<Vec<UserId>>;

    /// Where users of one shard stand, in the order asked. `users` is not empty.
    async fn look(&self, shard: Shard, users: &[UserId]) -> Result<Look>;

    /// `waiting(T, n) -> waiting(T, n+1)` in `pool`, if it still stands there: a waiter without ticket or intent, or one
    /// who moves on to a wider pool. Answers the new stub, also when found so already.
    async fn bump(&self, who: &Claimant, pool: &PoolId) -> Result<Option<Stub>>;

    /// How full the shard is.
    async fn depth(&self, shard: Shard) -> Result<Depth>;

    // A bot.

    /// Takes up to `want` permits from the token's fleet-wide bucket.
    async fn permits(&self, bot: BotId, want: u32, budget: &Budget) -> Result<Granted>;

    /// No permits for this token until `wait` from now (429). A longer pause stays.
    async fn pause(&self, bot: BotId, wait: std::time::Duration) -> Result<()>;

    /// The bot's era: raised when `server` (its API server's address) differs from the one stored.
    async fn era(&self, bot: BotId, server: &str) -> Result<u16>;

    /// Counts a failure of an update while the state was healthy; answers how often it failed. Kept an hour.
    async fn strike(&self, bot: BotId, update: UpdateId) -> Result<u32>;

    /// Keeps an update aside, in a stream bounded to 10,000 letters and 24 h.
    async fn bury(&self, bot: BotId, letter: &DeadLetter) -> Result<()>;

    // The fleet.

    /// Notes that the instance lives; answers all that do, this one included.
    async fn heartbeat(&self, instance: &Instance, ttl: TimeToLive) -> Result<Vec<Instance>>;

    /// Takes the instance off the list.
    async fn retire(&self, instance: &InstanceId) -> Result<()>;

    /// Founds the state, or compares with its founding: `Mismatch` names both values and the mend.
    async fn join(&self, meta: &Meta) -> Result<()>;

    /// Whether the state answers (for readiness), and its memory in bytes.
    async fn ping(&self) -> Result<u64>;
}
