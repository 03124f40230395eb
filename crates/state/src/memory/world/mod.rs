//! Everything the live state holds, as plain ordered maps: two worlds that hold the same are equal and hash alike.

mod bot;
mod lease;
mod pool;
mod shard;
mod user;

use std::collections::BTreeMap;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, InstanceId, PoolId, RoomId, Shard, UserId};
use hamdam_domain::outbox::{Entry, EntryId};
use hamdam_domain::record::{Announcement, LastRoom};
use hamdam_domain::safety::{CaseId, Report};
use hamdam_domain::session::Session;

pub use self::bot::Bot;
pub use self::lease::Lease;
pub use self::pool::Pool;
use self::shard::count;
pub use self::shard::{Claimed, ShardState, Stored};
pub use self::user::{Found, IdMap, RelayMarks, User};
use super::bulk::Broadcasts;
use super::parts::{Part, Parts};
use super::premium::Payments;
use super::search::by_ticket;
use crate::step::board::Board;
use crate::step::instance::{Instance, Meta};
use crate::step::safety::Choice;

/// The id map of a room lives this long after the room.
pub const IDS_LINGER: Duration = Duration::from_hours(1);
/// Pairs an id map keeps per room and user.
pub const IDS_KEPT: usize = 100;
/// An idle user who was not seen for this long leaves.
const IDLE_STAYS: Duration = Duration::from_hours(30 * 24);

/// The whole live state of one process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// Every user known.
    pub users: BTreeMap<UserId, User>,
    /// The moderators' cases.
    pub cases: BTreeMap<CaseId, CaseState>,
    /// What is known of each user's payments.
    pub payments: BTreeMap<UserId, Payments>,
    /// What was queued for a chat, or noted of somebody unknown, under a name, and until when that is remembered.
    pub posted: BTreeMap<(UserId, String), Millis>,
    /// How a user was rated in a room, and until when that is remembered.
    pub rated: BTreeMap<(UserId, RoomId), (bool, Millis)>,
    /// The shards, by number.
    pub shards: Vec<ShardState>,
    /// The pools that were ever used.
    pub pools: BTreeMap<PoolId, Pool>,
    /// The bots that were ever used.
    pub bots: BTreeMap<BotId, Bot>,
    /// What operators put up.
    pub board: Board,
    /// Broadcasts.
    pub broadcasts: Broadcasts,
    /// Heartbeats: the instance and until when it counts as alive.
    pub instances: BTreeMap<InstanceId, (Instance, Millis)>,
    /// What the first instance founded.
    pub meta: Option<Meta>,
    /// The number of every pool that was ever led, for its room ids.
    pub pool_numbers: BTreeMap<PoolId, u8>,
    /// Bytes of queued bodies: with the number of users, what the watermark is held against.
    pub body_bytes: u64,
    pub(super) parts: Parts,
    /// For so long it is remembered whom a user met.
    pub(super) not_again_for: Duration,
}

/// A case of the moderators.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CaseState {
    /// What it is about.
    pub report: Report,
    /// What was chosen, and when.
    pub choice: Option<(Choice, Millis)>,
    /// It lasts until then.
    pub until: Millis,
}

impl World {
    pub(super) fn new(shards: u16, parts: Parts, not_again_for: Duration) -> Self {
        Self {
            users: BTreeMap::new(),
            cases: BTreeMap::new(),
            payments: BTreeMap::new(),
            posted: BTreeMap::new(),
            rated: BTreeMap::new(),
            shards: vec![ShardState::default(); usize::from(shards.max(1))],
            pools: BTreeMap::new(),
            bots: BTreeMap::new(),
            board: Board::default(),
            broadcasts: Broadcasts::default(),
            instances: BTreeMap::new(),
            meta: None,
            pool_numbers: BTreeMap::new(),
            body_bytes: 0,
            parts,
            not_again_for,
        }
    }

    /// Where `user`'s streams are.
    pub fn shard_of(&self, user: UserId) -> Shard {
        Shard::of(user, u16::try_from(self.shards.len()).expect("built from a u16"))
    }

    /// A shard's streams.
    pub fn shard(&self, shard: Shard) -> &ShardState {
        &self.shards[usize::from(shard.0)]
    }

    pub(super) fn shard_mut(&mut self, shard: Shard) -> &mut ShardState {
        &mut self.shards[usize::from(shard.0)]
    }

    /// Roughly how many bytes are held: what `ping` answers and the watermark is compared with.
    pub fn bytes(&self) -> u64 {
        let tickets: usize = self.pools.values().map(|pool| pool.tickets.len() + pool.intents.len()).sum();
        self.body_bytes + 500 * self.users.len() as u64 + 300 * tickets as u64
    }

    /// Moves a session: counters, `live`, relay marks and id maps move with it, and the version grows.
    pub(super) fn shift(&mut self, id: UserId, session: Session, now: Millis) {
        let shard = usize::from(self.shard_of(id).0);
        let user = self.users.get_mut(&id).expect("only known users are moved");
        let shard = &mut self.shards[shard];
        let (old_room, new_room) = (user.session.room(), session.room());
        if let Session::Chatting { room, partner, .. } = user.session
            && old_room != new_room
        {
            user.last_room = Some(LastRoom { room, partner, ended_at: now.whole_seconds() });
            if self.not_again_for > Duration::ZERO {
                user.remember(partner, now, now.before(self.not_again_for));
            }
        }
        count(shard, &user.session, -1);
        count(shard, &session, 1);
        shard.live.remove(&(user.entered_at, id));
        if session != Session::Idle {
            shard.live.insert((now, id));
        }
        if let Some(room) = old_room.filter(|_| old_room != new_room) {
            user.relayed = None;
            user.found = None;
            user.asked = None;
            if let Some(ids) = user.ids.get_mut(&room) {
                ids.until = Some(now.after(IDS_LINGER));
            }
        }
        if by_ticket(&user.session) != by_ticket(&session) {
            user.search_notice = None;
        }
        user.entered_at = now;
        user.session = session;
        user.version += 1;
    }

    /// Who met at this time or earlier may meet again.
    pub(super) fn not_before(&self, now: Millis) -> Millis {
        now.before(self.not_again_for)
    }

    /// Queues the notice that a partner was found. Answers whether a sleeping sender is to be rung.
    pub(super) fn announce(&mut self, id: UserId, bot: BotId, found: &Entry, now: Millis) -> bool {
        let ring = self.append(id, bot, found, 0, now);
        if self.parts.has(Part::Announced) {
            let entry = self.shard(self.shard_of(id)).last_entry;
            self.users.get_mut(&id).expect("only known users are told").found = Some(Found::Queued(entry));
        }
        ring
    }

    /// How far the notice that a partner was found has come.
    pub(super) fn announcement(&self, id: UserId, user: &User) -> Option<Announcement> {
        match user.found? {
            Found::Queued(entry) => {
                let outbox = &self.shard(self.shard_of(id)).outbox;
                outbox.contains_key(&entry).then_some(Announcement::Pending)
            }
            Found::Shown(message) => Some(Announcement::At(message)),
        }
    }

    /// Queues an entry for a chat. Answers whether a sleeping sender is to be rung.
    pub(super) fn append(
        &mut self,
        id: UserId,
        bot: BotId,
        entry: &Entry,
        sequence: u32,
        now: Millis,
    ) -> bool {
        let language = self.users.get(&id).map(|user| user.profile.language).unwrap_or_default();
        let body = entry.to_json();
        self.body_bytes += body.len() as u64;
        let shard = self.shard_of(id);
        let shard = self.shard_mut(shard);
        shard.last_entry = after(shard.last_entry, now);
        shard.outbox.insert(shard.last_entry, Stored { user: id, bot, language, body, sequence });
        *shard.backlog.entry((id, bot)).or_default() += 1;
        std::mem::take(&mut shard.asleep)
    }

    /// Notes a fact on `id`'s shard.
    pub(super) fn note(&mut self, id: UserId, fact: &Fact, now: Millis) {
        let shard = self.shard_of(id);
        self.note_on(shard, fact, now);
    }

    pub(super) fn note_on(&mut self, shard: Shard, fact: &Fact, now: Millis) {
        let body = fact.to_json();
        self.body_bytes += body.len() as u64;
        let shard = self.shard_mut(shard);
        shard.last_fact = after(shard.last_fact, now);
        shard.journal.insert(shard.last_fact, body);
    }

    /// Forgets what has outlived its time and is not forgotten where it is read.
    pub(super) fn sweep(&mut self, now: Millis) {
        self.users.retain(|_, user| {
            user.ids.retain(|_, ids| ids.until.is_none_or(|until| until > now));
            user.told.retain(|_, until| *until > now);
            user.session != Session::Idle || now.since(user.active_at) < IDLE_STAYS
        });
        self.cases.retain(|_, case| case.until > now);
        self.payments.retain(|_, payments| payments.kept_until > now);
        self.posted.retain(|_, until| *until > now);
        self.rated.retain(|_, (_, until)| *until > now);
        for bot in self.bots.values_mut() {
            bot.strikes.retain(|_, (_, until)| *until > now);
            bot.files.retain(|_, (until, _)| *until > now);
            while bot.letters.front().is_some_and(|(kept, _)| now.since(*kept) > super::bot::LETTERS_KEPT) {
                bot.letters.pop_front();
            }
        }
        for pool in self.pools.values_mut() {
            pool.forget_gone(now);
        }
    }
}

/// The id that follows `last` at `now`; grows even when the clock goes back, as a Redis stream's does.
pub(super) fn after(last: EntryId, now: Millis) -> EntryId {
    let ms = u64::try_from(now.0).unwrap_or(0);
    if ms > last.ms {
        EntryId { ms, sequence: 0 }
    } else {
        EntryId { ms: last.ms, sequence: last.sequence + 1 }
    }
}
