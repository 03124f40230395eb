//! Every step of [`State`], by what the world does in it.

use std::sync::atomic::Ordering;
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

use super::MemoryState;
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
impl State for MemoryState {
    fn shards(&self) -> u16 {
        self.shards
    }

    async fn arrive(&self, user: UserId, arrival: Arrival) -> Result<Reading> {
        self.step("arrive", |world, now| Ok(world.arrive(user, arrival, now))).await
    }

    async fn read(&self, user: UserId) -> Result<Reading> {
        self.step("read", |world, now| Ok(world.read(user, now))).await
    }

    async fn enroll(
        &self,
        user: UserId,
        profile: &Profile,
        blocked: &[UserId],
        facts: &[Fact],
    ) -> Result<()> {
        self.step("enroll", |world, now| {
            world.enroll(user, profile, blocked, facts, now);
            Ok(())
        })
        .await
    }

    async fn act(&self, act: &Act) -> Result<Acted> {
        self.ringing("act", act.user, |world, now| {
            if act.grows {
                self.room_for(world, "act")?;
            }
            Ok(world.act(act, now))
        })
        .await
    }

    async fn lookup(&self, user: UserId, room: RoomId, known: Known) -> Result<Option<MessageId>> {
        self.step("lookup", |world, now| Ok(world.lookup(user, room, known, now))).await
    }

    async fn tell_waiting(&self, user: UserId, ticket: TicketId, entry: &Entry, once: &str) -> Result<()> {
        self.ringing("tell_waiting", user, |world, now| {
            self.room_for(world, "tell_waiting")?;
            Ok(((), world.tell_waiting(user, ticket, entry, once, now)))
        })
        .await
    }

    async fn give_up(&self, user: UserId, ticket: TicketId, notice: &Entry) -> Result<GaveUp> {
        self.ringing("give_up", user, |world, now| Ok(world.give_up(user, ticket, notice, now))).await
    }

    async fn tell(&self, user: UserId, entry: &Entry, once: &str) -> Result<()> {
        self.ringing("tell", user, |world, now| Ok(((), world.tell(user, entry, once, now)))).await
    }

    async fn relay(&self, relay: &Relay) -> Result<Relayed> {
        self.ringing("relay", relay.to, |world, now| {
            self.room_for(world, "relay")?;
            Ok(world.relay(relay, now))
        })
        .await
    }

    async fn end(&self, end: &End) -> Result<Ended> {
        self.ringing("end", end.user, |world, now| Ok(world.end(end, now))).await
    }

    async fn hold(&self, seat: &Seat) -> Result<Seated> {
        self.step("hold", |world, now| Ok(world.hold(seat, now))).await
    }

    async fn attach(&self, seat: &Seat, found: &Entry, opened: &Fact) -> Result<Seated> {
        self.announcing("attach", seat.me.user, |world, now| world.attach(seat, found, opened, now)).await
    }

    async fn open(&self, user: UserId, room: RoomId, found: &Entry) -> Result<Seated> {
        self.announcing("open", user, |world, now| world.open(user, room, found, now)).await
    }

    async fn release(&self, room: RoomId, who: &Claimant, notice: &Entry, closed: &Fact) -> Result<Released> {
        self.ringing("release", who.user, |world, now| Ok(world.release(room, who, notice, closed, now)))
            .await
    }

    async fn add_ticket(&self, ticket: &Ticket) -> Result<Added> {
        self.adding("add_ticket", &ticket.pool, |world, now| {
            self.room_for(world, "add_ticket")?;
            Ok(world.add_ticket(ticket, now))
        })
        .await
    }

    async fn remove_ticket(&self, pool: &PoolId, user: UserId, ticket: TicketId) -> Result<()> {
        self.step("remove_ticket", |world, now| {
            world.remove_ticket(pool, user, ticket, now);
            Ok(())
        })
        .await
    }

    async fn lead(&self, pool: &PoolId, owner: &InstanceId, ttl: TimeToLive) -> Result<Option<Epoch>> {
        self.step("lead", |world, now| Ok(world.lead(pool, owner, ttl, now))).await
    }

    async fn step_down(&self, pool: &PoolId, holder: &Holder) -> Result<()> {
        self.step("step_down", |world, now| {
            world.step_down(pool, holder, now);
            Ok(())
        })
        .await
    }

    async fn feed_end(&self, pool: &PoolId) -> Result<FeedCursor> {
        self.step("feed_end", |world, _| {
            Ok(world.pools.get(pool).map(|pool| pool.feed_end).unwrap_or_default())
        })
        .await
    }

    async fn stock(&self, pool: &PoolId, page: u64, limit: u32) -> Result<Stock> {
        self.step("stock", |world, _| Ok(world.stock(pool, page, limit))).await
    }

    async fn changes(&self, pool: &PoolId, cursor: FeedCursor, limit: u32, sleep: bool) -> Result<Changes> {
        self.step("changes", |world, now| Ok(world.changes(pool, cursor, limit, sleep, now))).await
    }

    async fn commit(
        &self,
        pool: &PoolId,
        holder: &Holder,
        proposals: &[Intent],
    ) -> Result<Fenced<Vec<bool>>> {
        self.step("commit", |world, now| Ok(world.commit(pool, holder, proposals, now))).await
    }

    async fn intents(&self, pool: &PoolId, holder: &Holder, limit: u32) -> Result<Fenced<Vec<Intent>>> {
        self.step("intents", |world, now| Ok(world.intents(pool, holder, limit, now))).await
    }

    async fn settle(&self, pool: &PoolId, holder: &Holder, settlements: &[Settlement]) -> Result<Fenced<()>> {
        self.adding("settle", pool, |world, now| Ok(world.settle(pool, holder, settlements, now))).await
    }

    async fn standing(&self, pool: &PoolId, tickets: &[Claimant]) -> Result<Vec<Standing>> {
        self.step("standing", |world, _| Ok(world.standing(pool, tickets))).await
    }

    async fn queue_length(&self, pool: &PoolId) -> Result<u64> {
        self.step("queue_length", |world, _| {
            Ok(world.pools.get(pool).map_or(0, |pool| pool.tickets.len() as u64))
        })
        .await
    }

    async fn lease(&self, shard: Shard, owner: &InstanceId, ttl: TimeToLive) -> Result<Option<Epoch>> {
        self.step("lease", |world, now| Ok(world.lease(shard, owner, ttl, now))).await
    }

    async fn release_lease(&self, shard: Shard, holder: &Holder) -> Result<()> {
        self.step("release_lease", |world, now| {
            world.release_lease(shard, holder, now);
            Ok(())
        })
        .await
    }

    async fn inherit(&self, shard: Shard, holder: &Holder) -> Result<Fenced<Inheritance>> {
        self.step("inherit", |world, now| Ok(world.inherit(shard, holder, now))).await
    }

    async fn turn(&self, turn: &Turn) -> Result<Fenced<Turned>> {
        self.step("turn", |world, now| Ok(world.turn(turn, now))).await
    }

    fn rings(&self) -> broadcast::Receiver<Ring> {
        self.rings.subscribe()
    }

    fn pool_rings(&self) -> broadcast::Receiver<PoolId> {
        self.pool_rings.subscribe()
    }

    async fn facts(
        &self,
        shard: Shard,
        holder: &Holder,
        after: EntryId,
        limit: u32,
    ) -> Result<Fenced<Vec<Noted>>> {
        self.step("facts", |world, now| Ok(world.facts(shard, holder, after, limit, now))).await
    }

    async fn forget_facts(&self, shard: Shard, holder: &Holder, ids: &[EntryId]) -> Result<Fenced<()>> {
        self.step("forget_facts", |world, now| Ok(world.forget_facts(shard, holder, ids, now))).await
    }

    async fn live(&self, shard: Shard, before: Millis, skip: u32, limit: u32) -> Result<Vec<UserId>> {
        self.step("live", |world, _| Ok(world.live(shard, before, skip, limit))).await
    }

    async fn look(&self, _: Shard, users: &[UserId]) -> Result<Look> {
        self.step("look", |world, now| Ok(world.look(users, now))).await
    }

    async fn bump(&self, who: &Claimant, pool: &PoolId) -> Result<Option<Stub>> {
        self.step("bump", |world, now| Ok(world.bump(who, pool, now))).await
    }

    async fn depth(&self, shard: Shard) -> Result<Depth> {
        self.step("depth", |world, now| Ok(world.depth(shard, now))).await
    }

    async fn permits(&self, bot: BotId, want: u32, budget: &Budget) -> Result<Granted> {
        self.step("permits", |world, now| Ok(world.permits(bot, want, budget, now))).await
    }

    async fn pause(&self, bot: BotId, wait: Duration) -> Result<()> {
        self.step("pause", |world, now| {
            world.pause(bot, wait, now);
            Ok(())
        })
        .await
    }

    async fn busy(&self, bot: BotId) -> Result<u16> {
        self.step("busy", |world, now| Ok(world.busy(bot, now))).await
    }

    async fn era(&self, bot: BotId, server: &str) -> Result<u16> {
        self.step("era", |world, _| Ok(world.era(bot, server))).await
    }

    async fn strike(&self, bot: BotId, update: UpdateId) -> Result<u32> {
        self.step("strike", |world, now| Ok(world.strike(bot, update, now))).await
    }

    async fn bury(&self, bot: BotId, letter: &DeadLetter) -> Result<()> {
        self.step("bury", |world, now| {
            world.bury(bot, letter, now);
            Ok(())
        })
        .await
    }

    async fn file(&self, bot: BotId, unique: &str) -> Result<Option<String>> {
        self.step("file", |world, now| Ok(world.file(bot, unique, now))).await
    }

    async fn keep_file(&self, bot: BotId, file: &Kept) -> Result<()> {
        self.step("keep_file", |world, now| {
            self.room_for(world, "keep_file")?;
            world.keep_file(bot, file, now);
            Ok(())
        })
        .await
    }

    async fn impose(&self, impose: &Impose) -> Result<Imposed> {
        self.ringing("impose", impose.user, |world, now| Ok(world.impose(impose, now))).await
    }

    async fn revive(&self, revival: &Revival) -> Result<Revived> {
        self.ringing("revive", revival.user, |world, now| Ok(world.revive(revival, now))).await
    }

    async fn judge(&self, user: UserId, judgement: &Judgement) -> Result<()> {
        self.step("judge", |world, now| {
            world.judge(user, judgement, now);
            Ok(())
        })
        .await
    }

    async fn post(&self, chat: UserId, bot: BotId, entry: &Entry, once: &str) -> Result<()> {
        self.ringing("post", chat, |world, now| Ok(((), world.post(chat, bot, entry, once, now)))).await
    }

    async fn ids(&self, user: UserId, room: RoomId) -> Result<Vec<IdPair>> {
        self.step("ids", |world, now| Ok(world.id_pairs(user, room, now))).await
    }

    async fn open_case(&self, report: &Report) -> Result<()> {
        self.step("open_case", |world, now| {
            world.open_case(report, now);
            Ok(())
        })
        .await
    }

    async fn case(&self, case: CaseId) -> Result<Option<Report>> {
        self.step("case", |world, now| Ok(world.case(case, now))).await
    }

    async fn decide_case(&self, case: CaseId, choice: &Choice) -> Result<Decided> {
        self.step("decide_case", |world, now| Ok(world.decide_case(case, choice, now))).await
    }

    async fn forget(&self, forget: &Forget) -> Result<Acted> {
        self.ringing("forget", forget.user, |world, now| Ok(world.forget(forget, now))).await
    }

    async fn erase(&self, erase: &Erase) -> Result<Erased> {
        self.step("erase", |world, _| Ok(world.erase(erase))).await
    }

    async fn drop_ids(&self, user: UserId, rooms: &[RoomId]) -> Result<()> {
        self.step("drop_ids", |world, _| {
            world.drop_ids(user, rooms);
            Ok(())
        })
        .await
    }

    async fn rename(&self, of: UserId, from: UserId, to: UserId) -> Result<bool> {
        self.step("rename", |world, _| Ok(world.rename(of, from, to))).await
    }

    async fn rewrite_case(&self, before: &Report, after: &Report) -> Result<()> {
        self.step("rewrite_case", |world, _| {
            world.rewrite_case(before, after);
            Ok(())
        })
        .await
    }

    async fn sweep_letters(&self, bot: BotId, about: UserId, _: EntryId) -> Result<SweptLetters> {
        self.step("sweep_letters", |world, _| Ok(world.sweep_letters(bot, about))).await
    }

    async fn pass_over(&self, pool: &PoolId) -> Result<()> {
        self.step("pass_over", |world, now| {
            world.pass_over(pool, now);
            Ok(())
        })
        .await
    }

    async fn credit(&self, user: UserId, credit: &Credit, facts: &[Fact]) -> Result<Credited> {
        self.step("credit", |world, now| Ok(world.credit(user, credit, facts, now))).await
    }

    async fn board(&self) -> Result<Board> {
        self.step("board", |world, _| Ok(world.board.clone())).await
    }

    async fn maintain(&self, way: Option<Maintenance>) -> Result<()> {
        self.step("maintain", |world, _| {
            world.maintain(way);
            Ok(())
        })
        .await
    }

    async fn begin_broadcast(&self, plan: &Plan, once: &str) -> Result<Begun> {
        self.step("begin_broadcast", |world, now| {
            self.room_for(world, "begin_broadcast")?;
            Ok(world.begin_broadcast(plan, once, now))
        })
        .await
    }

    async fn steer_broadcast(&self, broadcast: BroadcastId, order: Order) -> Result<Option<Course>> {
        self.step("steer_broadcast", |world, _| Ok(world.steer_broadcast(broadcast, order))).await
    }

    async fn broadcast(&self, broadcast: BroadcastId) -> Result<Option<Broadcast>> {
        self.step("broadcast", |world, _| Ok(world.broadcasts.known.get(&broadcast).cloned())).await
    }

    async fn lead_broadcasts(&self, owner: &InstanceId, ttl: TimeToLive) -> Result<Option<Epoch>> {
        self.step("lead_broadcasts", |world, now| Ok(world.broadcasts.lease.take(owner, now.after(ttl), now)))
            .await
    }

    async fn leave_broadcasts(&self, holder: &Holder) -> Result<()> {
        self.step("leave_broadcasts", |world, now| {
            world.broadcasts.lease.give_back(holder, now);
            Ok(())
        })
        .await
    }

    async fn queue_piece(&self, piece: &Piece) -> Result<PieceQueued> {
        self.step("queue_piece", |world, now| {
            self.room_for(world, "queue_piece")?;
            Ok(world.queue_piece(piece, now))
        })
        .await
    }

    async fn advance_broadcast(
        &self,
        broadcast: BroadcastId,
        holder: &Holder,
        position: UserId,
        all_queued: bool,
    ) -> Result<Fenced<()>> {
        self.step("advance_broadcast", |world, now| {
            Ok(world.advance_broadcast(broadcast, holder, position, all_queued, now))
        })
        .await
    }

    async fn broadcast_tally(&self, shard: Shard, broadcast: BroadcastId) -> Result<Tally> {
        self.step("broadcast_tally", |world, _| Ok(world.shard(shard).bulk.tally(broadcast))).await
    }

    async fn conclude_broadcast(&self, broadcast: BroadcastId, holder: &Holder) -> Result<Fenced<()>> {
        self.step("conclude_broadcast", |world, now| Ok(world.conclude_broadcast(broadcast, holder, now)))
            .await
    }

    async fn bulk_turn(&self, turn: &BulkTurn) -> Result<Fenced<BulkTurned>> {
        self.step("bulk_turn", |world, now| Ok(world.bulk_turn(turn, now))).await
    }

    async fn bulk_permits(
        &self,
        bot: BotId,
        want: u32,
        bulk: &Budget,
        budget: Option<&Budget>,
    ) -> Result<Granted> {
        self.step("bulk_permits", |world, now| Ok(world.bulk_permits(bot, want, bulk, budget, now))).await
    }

    async fn unreachable(&self, user: UserId, bot: BotId, since: Millis, fact: &Fact) -> Result<()> {
        self.step("unreachable", |world, now| {
            world.unreachable(user, bot, since, fact, now);
            Ok(())
        })
        .await
    }

    async fn heartbeat(&self, instance: &Instance, ttl: TimeToLive) -> Result<Vec<Instance>> {
        self.step("heartbeat", |world, now| Ok(world.heartbeat(instance, ttl, now))).await
    }

    async fn retire(&self, instance: &InstanceId) -> Result<()> {
        self.step("retire", |world, _| {
            world.retire(instance);
            Ok(())
        })
        .await
    }

    async fn join(&self, meta: &Meta) -> Result<()> {
        self.step("join", |world, _| world.join(meta)).await
    }

    async fn number_pools(&self, pools: &[PoolId]) -> Result<Vec<u8>> {
        self.step("number_pools", |world, _| world.number_pools(pools)).await
    }

    async fn ping(&self) -> Result<Memory> {
        let limit = Some(self.watermark.load(Ordering::Relaxed)).filter(|bytes| *bytes != u64::MAX);
        self.step("ping", |world, _| Ok(Memory { used: world.bytes(), limit })).await
    }
}
