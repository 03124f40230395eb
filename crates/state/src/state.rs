//! The trait. Every method is one atomic step: it happens whole or not at all, and may be sent twice.

use async_trait::async_trait;
use hamdam_domain::board::Maintenance;
use hamdam_domain::broadcast::{BroadcastId, Course, Order, Plan, Tally};
use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::Judgement;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{
    BotId, Epoch, InstanceId, MessageId, PoolId, RoomId, Shard, TicketId, UpdateId, UserId,
};
use hamdam_domain::outbox::{Entry, EntryId};
use hamdam_domain::premium::Credit;
use hamdam_domain::profile::Profile;
use hamdam_domain::safety::{CaseId, Report};
use hamdam_domain::session::Stub;
use hamdam_domain::ticket::{Claimant, Intent, Ticket};
use tokio::sync::broadcast;

use crate::error::Result;
use crate::step::board::Board;
use crate::step::bot::{Budget, DeadLetter, Granted, Kept};
use crate::step::broadcast::{Begun, Broadcast, BulkTurn, BulkTurned, Piece, PieceQueued};
use crate::step::erasure::{Erase, Erased, Forget, SweptLetters};
use crate::step::instance::{Instance, Memory, Meta};
use crate::step::journal::Noted;
use crate::step::matching::{End, Ended, Relay, Relayed, Released, Seat, Seated};
use crate::step::pool::{Added, Changes, FeedCursor, Settlement, Standing, Stock};
use crate::step::premium::Credited;
use crate::step::recovery::{Revival, Revived};
use crate::step::safety::{Choice, Decided, Impose, Imposed};
use crate::step::search::GaveUp;
use crate::step::sending::{Depth, IdPair, Inheritance, Known, Ring, Turn, Turned};
use crate::step::user::{Act, Acted, Arrival, Look, Reading};
use crate::step::{Fenced, Holder, TimeToLive};

/// Live state. Times inside are the state's own (Redis `TIME`), so instances with wrong clocks agree.
#[async_trait]
pub trait State: Send + Sync + 'static {
    /// How many shards users are spread over.
    fn shards(&self) -> u16;

    // A user's own shard.

    /// Reads a user's record because an update of theirs came in, and notes that they were active now, and how much they
    /// sent (see [`Pace`](hamdam_domain::haste::Pace)). Messages of a chat come in order, each acknowledged before the next,
    /// so the first one behind the notice of the room ends the announcement: none from before it can follow.
    async fn arrive(&self, user: UserId, arrival: Arrival) -> Result<Reading>;

    /// Reads a user's record.
    async fn read(&self, user: UserId) -> Result<Reading>;

    /// Creates the record of somebody unknown to live state: idle, with this profile and these blocks, and with the premium
    /// that their payments give ([`State::credit`]). No effect if there is one. `facts` are journalled only if it was created.
    async fn enroll(&self, user: UserId, profile: &Profile, blocked: &[UserId], facts: &[Fact])
    -> Result<()>;

    /// Compares, moves, answers and marks (see [`Act`]). Counters and `live` move with the session.
    async fn act(&self, act: &Act) -> Result<Acted>;

    /// The other id of a message in `room`, as kept on `user`'s shard.
    async fn lookup(&self, user: UserId, room: RoomId, known: Known) -> Result<Option<MessageId>>;

    /// Appends an entry to `user`'s chat on the bot of their session (or the bot they last used), outside of any
    /// update: what could not be copied is explained to its sender. `once` names it: a second append of the same
    /// name within an hour has no effect.
    async fn tell(&self, user: UserId, entry: &Entry, once: &str) -> Result<()>;

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

    /// Takes a pool's lock if it is free or its owner is known to be dead, or renews it. `None`: somebody else has it.
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

    /// Takes a shard's lease if it is free or its owner is known to be dead, or renews it. `None`: somebody else has it.
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

    /// How much of the token's budget conversations used in the last ten seconds, in thousandths; all of it while it is paused.
    async fn busy(&self, bot: BotId) -> Result<u16>;

    /// The bot's era: raised when `server` (its API server's address) differs from the one stored.
    async fn era(&self, bot: BotId, server: &str) -> Result<u16>;

    /// Counts a failure of an update while the state was healthy; answers how often it failed. Kept an hour.
    async fn strike(&self, bot: BotId, update: UpdateId) -> Result<u32>;

    /// Keeps an update aside, in a stream bounded to 10,000 letters and 24 h.
    async fn bury(&self, bot: BotId, letter: &DeadLetter) -> Result<()>;

    /// The `file_id` by which `bot` can send the file of this `file_unique_id`, if it is remembered.
    async fn file(&self, bot: BotId, unique: &str) -> Result<Option<String>>;

    /// Remembers a file (see [`Kept`]), and forgets what is too old or too many. Refused with `Full` above the memory
    /// watermark.
    async fn keep_file(&self, bot: BotId, file: &Kept) -> Result<()>;
    // Moderation.

    /// Changes a user's record by somebody else's decision (see [`Impose`]): what they are in may end with it. Whoever
    /// read the record before has to look again, on whatever instance.
    async fn impose(&self, impose: &Impose) -> Result<Imposed>;

    /// Notes how a user behaved, as another told it. A complaint from one origin stands once, and of several ratings of one
    /// room within an hour the last counts, once. No effect on somebody live state does not know.
    async fn judge(&self, user: UserId, judgement: &Judgement) -> Result<()>;

    /// Appends an entry to a chat by this bot, whether a user is known there or not: the moderators' may be a group.
    /// `once` as for [`State::tell`].
    async fn post(&self, chat: UserId, bot: BotId, entry: &Entry, once: &str) -> Result<()>;

    /// Every pair of message ids of `room` that `user`'s shard keeps: of the last messages that `user` received, oldest
    /// first.
    async fn ids(&self, user: UserId, room: RoomId) -> Result<Vec<IdPair>>;

    /// Opens the case of a report, for 30 days. No effect if it is open.
    async fn open_case(&self, report: &Report) -> Result<()>;

    /// What a case is about.
    async fn case(&self, case: CaseId) -> Result<Option<Report>>;

    /// Notes a moderator's choice: the first counts until it is undone, and the same one is answered alike.
    async fn decide_case(&self, case: CaseId, choice: &Choice) -> Result<Decided>;

    // Recovery.

    /// Seats somebody in the room that the durable record has (see [`Revival`]), unless they stand anywhere.
    async fn revive(&self, revival: &Revival) -> Result<Revived>;

    // Who is forgotten. Every step may come again, and leaves what is not there alone.

    /// Drops all that a user's record says, by their own update (see [`Forget`]).
    async fn forget(&self, forget: &Forget) -> Result<Acted>;

    /// Drops what that left, once nothing else is kept about them (see [`Erase`]).
    async fn erase(&self, erase: &Erase) -> Result<Erased>;

    /// Drops which messages of these rooms stand where in `user`'s chats.
    async fn drop_ids(&self, user: UserId, rooms: &[RoomId]) -> Result<()>;

    /// Puts the pseudonym `to` in place of `from` in the record of somebody else: in the block list and as whom they were in
    /// a room with last. That the two met is forgotten. Answers whether they were named.
    async fn rename(&self, of: UserId, from: UserId, to: UserId) -> Result<bool>;

    /// Tells a case anew, if it is still as it was read. What was decided stays.
    async fn rewrite_case(&self, before: &Report, after: &Report) -> Result<()>;

    /// Drops the dead letters of a page that name somebody, from `after` on.
    async fn sweep_letters(&self, bot: BotId, about: UserId, after: EntryId) -> Result<SweptLetters>;

    /// Appends a change that says nothing to a pool's feed. A leader forgets changes that are older than two minutes, but
    /// never the last one.
    async fn pass_over(&self, pool: &PoolId) -> Result<()>;

    // Premium.

    /// Notes a payment of a user, or that it went back, and what follows: until when they have premium. Needs no record of
    /// theirs. The same credit again changes nothing, and `facts` are journalled only if it is news. Known for 90 days
    /// behind the end of premium.
    async fn credit(&self, user: UserId, credit: &Credit, facts: &[Fact]) -> Result<Credited>;

    // What operators put up.

    /// What the whole fleet is to heed.
    async fn board(&self) -> Result<Board>;

    /// Closes the fleet for maintenance in this way, or opens it again.
    async fn maintain(&self, way: Option<Maintenance>) -> Result<()>;

    // Broadcasts.

    /// Begins a broadcast, if none is under way but cancelled ones. `once` names the wish: the same one is answered alike for
    /// a day. Refused with `Full` above the memory watermark.
    async fn begin_broadcast(&self, plan: &Plan, once: &str) -> Result<Begun>;

    /// Pauses, resumes or cancels a broadcast. Answers how it stands then; `None`: it is over, or never was.
    async fn steer_broadcast(&self, broadcast: BroadcastId, order: Order) -> Result<Option<Course>>;

    /// What is known of a broadcast, if it is one of the last [`KEPT`](crate::step::broadcast::KEPT).
    async fn broadcast(&self, broadcast: BroadcastId) -> Result<Option<Broadcast>>;

    /// Takes the lease of whoever queues broadcasts if it is free, or renews it. `None`: somebody else has it.
    async fn lead_broadcasts(&self, owner: &InstanceId, ttl: TimeToLive) -> Result<Option<Epoch>>;

    /// Gives that lease back, if still held.
    async fn leave_broadcasts(&self, holder: &Holder) -> Result<()>;

    /// Queues a piece for the users of one shard, and notes in the same step how far the shard has come (see [`Piece`]):
    /// nobody is queued twice, whoever brings the piece, and however often. Refused with `Full` above the memory watermark.
    async fn queue_piece(&self, piece: &Piece) -> Result<PieceQueued>;

    /// Notes that everybody up to this user is queued on every shard, or everybody there is.
    async fn advance_broadcast(
        &self,
        broadcast: BroadcastId,
        holder: &Holder,
        position: UserId,
        all_queued: bool,
    ) -> Result<Fenced<()>>;

    /// How far a broadcast has come on one shard.
    async fn broadcast_tally(&self, shard: Shard, broadcast: BroadcastId) -> Result<Tally>;

    /// Notes that something became of every part of a broadcast: it is over.
    async fn conclude_broadcast(&self, broadcast: BroadcastId, holder: &Holder) -> Result<Fenced<()>>;

    /// One turn on a shard's broadcasts, under the lease of its sender (see [`BulkTurn`]). An ack of a part that is gone
    /// has no effect.
    async fn bulk_turn(&self, turn: &BulkTurn) -> Result<Fenced<BulkTurned>>;

    /// Takes up to `want` permits for broadcasts: of their own bucket (`bulk`), and of what runs over in the token's while that
    /// is full, where the token has a limit (`budget`). What conversations get is the same as if nobody asked for these.
    async fn bulk_permits(
        &self,
        bot: BotId,
        want: u32,
        bulk: &Budget,
        budget: Option<&Budget>,
    ) -> Result<Granted>;

    /// Notes that a user cannot be reached by `bot`, with a fact, unless they wrote since `since`, are in a room or search,
    /// or use another bot by now. Of a user without a record only the fact is noted, since the durable record may know
    /// them; once an hour for each bot.
    async fn unreachable(&self, user: UserId, bot: BotId, since: Millis, fact: &Fact) -> Result<()>;

    // The fleet.

    /// Notes that the instance lives; answers all that do, this one included: whose time is over is left out, and who is
    /// known to be dead before.
    async fn heartbeat(&self, instance: &Instance, ttl: TimeToLive) -> Result<Vec<Instance>>;

    /// Takes the instance off the list.
    async fn retire(&self, instance: &InstanceId) -> Result<()>;

    /// Founds the state, or compares with its founding: `Mismatch` names both values and the mend.
    async fn join(&self, meta: &Meta) -> Result<()>;

    /// The number of each of these pools, which stands in its room ids: a pool that has none yet gets the lowest that no
    /// pool ever had, and keeps it for ever. `Mismatch` if there are not enough, and then none gets one.
    async fn number_pools(&self, pools: &[PoolId]) -> Result<Vec<u8>>;

    /// Whether the state answers (for readiness), and its memory.
    async fn ping(&self) -> Result<Memory>;
}
