//! Live state in Redis: one server, one with Sentinels, or a Cluster.
//!
//! Every step is one script on the keys of one slot ([`keys`] has the table, `scripts/` the scripts), sent by its
//! hash; a few are one plain command. So the same code runs on one server and on a Cluster, and a step is atomic on
//! both. The client may send a script twice: each finds its own work done.

mod bot;
mod departures;
mod fleet;
mod keys;
mod link;
mod matching;
mod pool;
mod record;
mod reply;
mod rings;
mod script;
mod search;
mod sending;
mod settings;
mod told;
mod user;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use fred::interfaces::KeysInterface;
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

use self::keys::{Keys, SLOTS};
use self::link::{Link, translate};
use self::rings::Rings;
pub use self::settings::{Observer, RedisServers, RedisSettings};
use crate::error::{Result, StateError};
use crate::state::State;
use crate::step::bot::{Budget, DeadLetter, Granted};
use crate::step::instance::{Instance, Meta};
use crate::step::journal::Noted;
use crate::step::matching::{End, Ended, Relay, Relayed, Released, Seat, Seated};
use crate::step::pool::{Added, Changes, FeedCursor, Settlement, Standing, Stock};
use crate::step::search::GaveUp;
use crate::step::sending::{Depth, IdPair, Inheritance, Known, Ring, Turn, Turned};
use crate::step::user::{Act, Acted, Look, Reading, Wrote};
use crate::step::{Fenced, Holder, TimeToLive};

/// [`State`] in Redis.
pub struct RedisState {
    link: Link,
    rings: Rings,
    keys: Keys,
    not_again_for: Duration,
    /// This client's number, which no other has: the first half of the names it gives.
    number: u64,
    names: AtomicU64,
}

impl RedisState {
    /// Connects and loads the scripts. Fails at once where no server answers; later a server may come and go, and
    /// steps answer `Unavailable` in between.
    pub async fn connect(settings: &RedisSettings) -> Result<Self> {
        const STEP: &str = "connect";
        if !(1..=SLOTS).contains(&settings.shards) {
            let refused = format!("STATE_SHARDS must lie between 1 and {SLOTS}, not at {}", settings.shards);
            return Err(StateError::Mismatch(refused));
        }
        let unavailable = |error| translate(STEP, None, error);
        let link = Link::connect(settings).await.map_err(unavailable)?;
        let rings = Rings::connect(settings).await.map_err(unavailable)?;
        if link.connections() + 1 > settings.max_connections {
            let (allowed, needed) = (settings.max_connections, link.connections() + 1);
            let few = format!(
                "REDIS_MAX_CONNECTIONS allows {allowed} connections, and this Redis needs {needed}: one to each \
                 master and one for rings"
            );
            return Err(StateError::Mismatch(few));
        }
        let clients = keys::clients();
        let number = link.single(STEP, Some(&clients), link.client().incr(clients.clone())).await?;
        Ok(Self {
            link,
            rings,
            keys: Keys::new(settings.shards),
            not_again_for: settings.not_again_for,
            number,
            names: AtomicU64::new(0),
        })
    }

    /// Open connections to Redis: what `hamdam_redis_pool_connections` shows.
    pub fn connections(&self) -> usize {
        self.link.connections() + 1
    }

    /// Closes the connections in good order. Without it they close when the state is dropped.
    pub async fn close(&self) {
        self.link.close().await;
        self.rings.close().await;
    }

    /// A name that was never given before.
    fn new_name(&self) -> String {
        format!("{}-{}", self.number, self.names.fetch_add(1, Ordering::Relaxed))
    }
}

impl std::fmt::Debug for RedisState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisState")
            .field("shards", &self.keys.shards())
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl State for RedisState {
    fn shards(&self) -> u16 {
        self.keys.shards()
    }

    async fn arrive(&self, user: UserId, wrote: Option<Wrote>) -> Result<Reading> {
        self.reading(&self.link.scripts.arrive, user, wrote).await
    }

    async fn read(&self, user: UserId) -> Result<Reading> {
        self.reading(&self.link.scripts.read, user, None).await
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

    async fn ids(&self, user: UserId, room: RoomId) -> Result<Vec<IdPair>> {
        self.id_map(user, room).await
    }

    async fn tell_waiting(&self, user: UserId, ticket: TicketId, entry: &Entry, once: &str) -> Result<()> {
        self.tell_waiter(user, ticket, entry, once).await
    }

    async fn give_up(&self, user: UserId, ticket: TicketId, notice: &Entry) -> Result<GaveUp> {
        self.end_search(user, ticket, notice).await
    }

    async fn tell(&self, user: UserId, entry: &Entry, once: &str) -> Result<()> {
        self.tell_user(user, None, entry, once).await
    }

    async fn tell_through(&self, user: UserId, bot: BotId, entry: &Entry, once: &str) -> Result<()> {
        self.tell_user(user, Some(bot), entry, once).await
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

    async fn era(&self, bot: BotId, server: &str) -> Result<u16> {
        self.era_of(bot, server).await
    }

    async fn strike(&self, bot: BotId, update: UpdateId) -> Result<u32> {
        self.strike_update(bot, update).await
    }

    async fn bury(&self, bot: BotId, letter: &DeadLetter) -> Result<()> {
        self.bury_update(bot, letter).await
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

    async fn ping(&self) -> Result<u64> {
        self.used_memory().await
    }
}
