//! Every step of [`State`], by what sends it.

use std::time::Duration;

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

use super::RedisState;
use crate::error::Result;
use crate::state::State;
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

#[async_trait]
impl State for RedisState {
    fn shards(&self) -> u16 {
        self.keys.shards()
    }

    async fn arrive(&self, user: UserId, arrival: Arrival) -> Result<Reading> {
        self.reading(&self.link.scripts.arrive, user, arrival).await
    }

    async fn read(&self, user: UserId) -> Result<Reading> {
        self.reading(&self.link.scripts.read, user, Arrival::default()).await
    }

    async fn enroll(
        &self,
        user: UserId,
        profile: &Profile,
        blocked: &[UserId],
        facts: &[Fact],
    ) -> Result<()> {
        self.enroll_user(user, profile, blocked, facts).await
    }

    async fn act(&self, act: &Act) -> Result<Acted> {
        self.act_on(act).await
    }

    async fn lookup(&self, user: UserId, room: RoomId, known: Known) -> Result<Option<MessageId>> {
        self.look_up(user, room, known).await
    }

    async fn tell_waiting(&self, user: UserId, ticket: TicketId, entry: &Entry, once: &str) -> Result<()> {
        self.tell_waiter(user, ticket, entry, once).await
    }

    async fn give_up(&self, user: UserId, ticket: TicketId, notice: &Entry) -> Result<GaveUp> {
        self.end_search(user, ticket, notice).await
    }

    async fn tell(&self, user: UserId, entry: &Entry, once: &str) -> Result<()> {
        self.tell_user(user, entry, once).await
    }

    async fn relay(&self, relay: &Relay) -> Result<Relayed> {
        self.relay_to(relay).await
    }

    async fn end(&self, end: &End) -> Result<Ended> {
        self.end_room(end).await
    }

    async fn hold(&self, seat: &Seat) -> Result<Seated> {
        self.hold_seat(seat).await
    }

    async fn attach(&self, seat: &Seat, found: &Entry, opened: &Fact) -> Result<Seated> {
        self.attach_seat(seat, found, opened).await
    }

    async fn open(&self, user: UserId, room: RoomId, found: &Entry) -> Result<Seated> {
        self.open_room(user, room, found).await
    }

    async fn release(&self, room: RoomId, who: &Claimant, notice: &Entry, closed: &Fact) -> Result<Released> {
        self.release_side(room, who, notice, closed).await
    }

    async fn add_ticket(&self, ticket: &Ticket) -> Result<Added> {
        self.add(ticket).await
    }

    async fn remove_ticket(&self, pool: &PoolId, user: UserId, ticket: TicketId) -> Result<()> {
        self.remove(pool, user, ticket).await
    }

    async fn lead(&self, pool: &PoolId, owner: &InstanceId, ttl: TimeToLive) -> Result<Option<Epoch>> {
        self.take_lock(pool, owner, ttl).await
    }

    async fn step_down(&self, pool: &PoolId, holder: &Holder) -> Result<()> {
        self.return_lock(pool, holder).await
    }

    async fn feed_end(&self, pool: &PoolId) -> Result<FeedCursor> {
        self.feed_ends(pool).await
    }

    async fn stock(&self, pool: &PoolId, page: u64, limit: u32) -> Result<Stock> {
        self.take_stock(pool, page, limit).await
    }

    async fn changes(&self, pool: &PoolId, cursor: FeedCursor, limit: u32, sleep: bool) -> Result<Changes> {
        self.changes_after(pool, cursor, limit, sleep).await
    }

    async fn commit(
        &self,
        pool: &PoolId,
        holder: &Holder,
        proposals: &[Intent],
    ) -> Result<Fenced<Vec<bool>>> {
        self.commit_pairs(pool, holder, proposals).await
    }

    async fn intents(&self, pool: &PoolId, holder: &Holder, limit: u32) -> Result<Fenced<Vec<Intent>>> {
        self.stored_intents(pool, holder, limit).await
    }

    async fn settle(&self, pool: &PoolId, holder: &Holder, settlements: &[Settlement]) -> Result<Fenced<()>> {
        self.settle_intents(pool, holder, settlements).await
    }

    async fn standing(&self, pool: &PoolId, tickets: &[Claimant]) -> Result<Vec<Standing>> {
        self.standing_of(pool, tickets).await
    }

    async fn queue_length(&self, pool: &PoolId) -> Result<u64> {
        self.waiting(pool).await
    }

    async fn lease(&self, shard: Shard, owner: &InstanceId, ttl: TimeToLive) -> Result<Option<Epoch>> {
        self.take_lease(shard, owner, ttl).await
    }

    async fn release_lease(&self, shard: Shard, holder: &Holder) -> Result<()> {
        self.return_lease(shard, holder).await
    }

    async fn inherit(&self, shard: Shard, holder: &Holder) -> Result<Fenced<Inheritance>> {
        self.inherited(shard, holder).await
    }

    async fn turn(&self, turn: &Turn) -> Result<Fenced<Turned>> {
        self.take_turn(turn).await
    }

    fn rings(&self) -> broadcast::Receiver<Ring> {
        self.rings.of_shards()
    }

    fn pool_rings(&self) -> broadcast::Receiver<PoolId> {
        self.rings.of_pools()
    }

    async fn facts(
        &self,
        shard: Shard,
        holder: &Holder,
        after: EntryId,
        limit: u32,
    ) -> Result<Fenced<Vec<Noted>>> {
        self.facts_after(shard, holder, after, limit).await
    }

    async fn forget_facts(&self, shard: Shard, holder: &Holder, ids: &[EntryId]) -> Result<Fenced<()>> {
        self.drop_facts(shard, holder, ids).await
    }

    async fn live(&self, shard: Shard, before: Millis, skip: u32, limit: u32) -> Result<Vec<UserId>> {
        self.live_users(shard, before, skip, limit).await
    }

    async fn look(&self, _: Shard, users: &[UserId]) -> Result<Look> {
        self.look_at(users).await
    }

    async fn bump(&self, who: &Claimant, pool: &PoolId) -> Result<Option<Stub>> {
        self.bump_waiter(who, pool).await
    }

    async fn depth(&self, shard: Shard) -> Result<Depth> {
        self.depth_of(shard).await
    }

    async fn permits(&self, bot: BotId, want: u32, budget: &Budget) -> Result<Granted> {
        self.take_permits(bot, want, budget).await
    }

    async fn pause(&self, bot: BotId, wait: Duration) -> Result<()> {
        self.pause_bot(bot, wait).await
    }

    async fn busy(&self, bot: BotId) -> Result<u16> {
        self.busy_of(bot).await
    }

    async fn era(&self, bot: BotId, server: &str) -> Result<u16> {
        self.era_of(bot, server).await
    }

    async fn strike(&self, bot: BotId, update: UpdateId) -> Result<u32> {
        self.strike_update(bot, update).await
    }

    async fn bury(&self, bot: BotId, letter: &DeadLetter) -> Result<()> {
        self.bury_update(bot, letter).await
    }

    async fn file(&self, bot: BotId, unique: &str) -> Result<Option<String>> {
        self.file_of(bot, unique).await
    }

    async fn keep_file(&self, bot: BotId, file: &Kept) -> Result<()> {
        self.remember_file(bot, file).await
    }

    async fn impose(&self, impose: &Impose) -> Result<Imposed> {
        self.impose_on(impose).await
    }

    async fn revive(&self, revival: &Revival) -> Result<Revived> {
        self.revive_side(revival).await
    }

    async fn judge(&self, user: UserId, judgement: &Judgement) -> Result<()> {
        self.judge_user(user, judgement).await
    }

    async fn post(&self, chat: UserId, bot: BotId, entry: &Entry, once: &str) -> Result<()> {
        self.post_to(chat, bot, entry, once).await
    }

    async fn ids(&self, user: UserId, room: RoomId) -> Result<Vec<IdPair>> {
        self.id_pairs("ids", user, room).await
    }

    async fn open_case(&self, report: &Report) -> Result<()> {
        self.open_case_of(report).await
    }

    async fn case(&self, case: CaseId) -> Result<Option<Report>> {
        self.read_case(case).await
    }

    async fn decide_case(&self, case: CaseId, choice: &Choice) -> Result<Decided> {
        self.choose(case, choice).await
    }

    async fn forget(&self, forget: &Forget) -> Result<Acted> {
        self.forget_user(forget).await
    }

    async fn erase(&self, erase: &Erase) -> Result<Erased> {
        self.erase_user(erase).await
    }

    async fn drop_ids(&self, user: UserId, rooms: &[RoomId]) -> Result<()> {
        self.drop_ids_of(user, rooms).await
    }

    async fn rename(&self, of: UserId, from: UserId, to: UserId) -> Result<bool> {
        self.rename_in(of, from, to).await
    }

    async fn rewrite_case(&self, before: &Report, after: &Report) -> Result<()> {
        self.rewrite_case_of(before, after).await
    }

    async fn sweep_letters(&self, bot: BotId, about: UserId, after: EntryId) -> Result<SweptLetters> {
        self.sweep_letters_of(bot, about, after).await
    }

    async fn pass_over(&self, pool: &PoolId) -> Result<()> {
        self.pass_over_feed(pool).await
    }

    async fn credit(&self, user: UserId, credit: &Credit, facts: &[Fact]) -> Result<Credited> {
        self.note_credit(user, credit, facts).await
    }

    async fn board(&self) -> Result<Board> {
        self.read_board().await
    }

    async fn maintain(&self, way: Option<Maintenance>) -> Result<()> {
        self.close_for_maintenance(way).await
    }

    async fn begin_broadcast(&self, plan: &Plan, once: &str) -> Result<Begun> {
        self.begin(plan, once).await
    }

    async fn steer_broadcast(&self, broadcast: BroadcastId, order: Order) -> Result<Option<Course>> {
        self.steer(broadcast, order).await
    }

    async fn broadcast(&self, broadcast: BroadcastId) -> Result<Option<Broadcast>> {
        self.read_broadcast(broadcast).await
    }

    async fn lead_broadcasts(&self, owner: &InstanceId, ttl: TimeToLive) -> Result<Option<Epoch>> {
        self.take_broadcasts(owner, ttl).await
    }

    async fn leave_broadcasts(&self, holder: &Holder) -> Result<()> {
        self.return_broadcasts(holder).await
    }

    async fn queue_piece(&self, piece: &Piece) -> Result<PieceQueued> {
        self.queue(piece).await
    }

    async fn advance_broadcast(
        &self,
        broadcast: BroadcastId,
        holder: &Holder,
        position: UserId,
        all_queued: bool,
    ) -> Result<Fenced<()>> {
        self.advance(broadcast, holder, position, all_queued).await
    }

    async fn broadcast_tally(&self, shard: Shard, broadcast: BroadcastId) -> Result<Tally> {
        self.tally_of(shard, broadcast).await
    }

    async fn conclude_broadcast(&self, broadcast: BroadcastId, holder: &Holder) -> Result<Fenced<()>> {
        self.conclude(broadcast, holder).await
    }

    async fn bulk_turn(&self, turn: &BulkTurn) -> Result<Fenced<BulkTurned>> {
        self.take_bulk_turn(turn).await
    }

    async fn bulk_permits(
        &self,
        bot: BotId,
        want: u32,
        bulk: &Budget,
        budget: Option<&Budget>,
    ) -> Result<Granted> {
        self.take_bulk_permits(bot, want, bulk, budget).await
    }

    async fn unreachable(&self, user: UserId, bot: BotId, since: Millis, fact: &Fact) -> Result<()> {
        self.cannot_reach(user, bot, since, fact).await
    }

    async fn heartbeat(&self, instance: &Instance, ttl: TimeToLive) -> Result<Vec<Instance>> {
        self.beat(instance, ttl).await
    }

    async fn retire(&self, instance: &InstanceId) -> Result<()> {
        self.take_off(instance).await
    }

    async fn join(&self, meta: &Meta) -> Result<()> {
        self.found(meta).await
    }

    async fn number_pools(&self, pools: &[PoolId]) -> Result<Vec<u8>> {
        self.numbers_of(pools).await
    }

    async fn ping(&self) -> Result<Memory> {
        self.memory().await
    }
}
