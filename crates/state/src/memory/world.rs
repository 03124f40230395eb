//! Everything the live state holds, as plain ordered maps: two worlds that hold the same are equal and hash alike.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::Conduct;
use hamdam_domain::fact::Fact;
use hamdam_domain::haste::{Brakes, Pace};
use hamdam_domain::id::{
    BotId, Epoch, InstanceId, MessageId, PoolId, RoomId, Shard, TicketId, UpdateId, UserId,
};
use hamdam_domain::learned::Learned;
use hamdam_domain::mark::{Mark, Queue, Since, UpdateRef};
use hamdam_domain::outbox::{Entry, EntryId};
use hamdam_domain::panel::Dialogue;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::{Announcement, Asked, Joined, LastRoom, NEW_FOR, Record};
use hamdam_domain::repeats::Repeats;
use hamdam_domain::safety::{CaseId, Report};
use hamdam_domain::session::Session;
use hamdam_domain::ticket::{Intent, Met, Ticket};
use hamdam_domain::usage::Usage;

use super::bulk::{Broadcasts, Bulk};
use super::parts::{Part, Parts};
use super::premium::Payments;
use super::search::by_ticket;
use crate::step::Holder;
use crate::step::board::Board;
use crate::step::bot::DeadLetter;
use crate::step::instance::{Instance, Meta};
use crate::step::pool::{Change, FeedCursor};
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

/// One user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User {
    /// See `Record::version`.
    pub version: u64,
    /// Where the user stands.
    pub session: Session,
    /// When that began; orders `live`.
    pub entered_at: Millis,
    /// The own update that began it.
    pub since: Option<Since>,
    /// What is done, per bot and queue.
    pub marks: BTreeMap<(BotId, Queue), Mark>,
    /// What is needed to match and answer.
    pub profile: Profile,
    /// Whom this user blocked.
    pub blocked: Vec<UserId>,
    /// Whom they met in rooms that ended, the newest last.
    pub recent: Vec<Met>,
    /// The room they were in last.
    pub last_room: Option<LastRoom>,
    /// When their last update came in, in whole seconds.
    pub active_at: Millis,
    /// What tells them of the room they are in.
    pub found: Option<Found>,
    /// The message that tells of the search they are in.
    pub search_notice: Option<MessageId>,
    /// What the next text answers.
    pub dialogue: Option<Dialogue>,
    /// What waits in their room for a word whether it is to be sent.
    pub asked: Option<Asked>,
    /// When they had themselves forgotten, if they did not come back since.
    pub forgotten: Option<Millis>,
    /// When they were seen for the first time, if they were new to the durable record too.
    pub new_since: Option<Millis>,
    /// How they behaved, as others told it.
    pub conduct: Conduct,
    /// How much they sent lately.
    pub pace: Option<Pace>,
    /// What slows them down.
    pub brakes: Brakes,
    /// What they wrote lately that could be advertising.
    pub repeats: Repeats,
    /// Whether they are in the required channel.
    pub joined: Option<Joined>,
    /// What was relayed to this user in the room they are in or held for.
    pub relayed: Option<RelayMarks>,
    /// Message ids of this user's rooms.
    pub ids: BTreeMap<RoomId, IdMap>,
    /// Names of explanations already given, and until when each is remembered.
    pub told: BTreeMap<String, Millis>,
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

/// The notice that a partner was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Found {
    /// On its way, or given up if the outbox has it no more.
    Queued(EntryId),
    /// Delivered as this message.
    Shown(MessageId),
}

impl Found {
    /// Whether it stands in the chat before this message of it.
    pub(super) fn precedes(self, message: MessageId) -> bool {
        matches!(self, Self::Shown(notice) if notice < message)
    }
}

/// Relay marks of one room, on the addressee's side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelayMarks {
    /// The room.
    pub room: RoomId,
    /// Where every queue's mark starts: the sender's ticket.
    pub floor: Option<Mark>,
    /// The queues that have relayed something.
    pub queues: BTreeMap<Queue, Mark>,
    /// The partner's bot, if it is another than one's own.
    pub across: Option<BotId>,
    /// Messages relayed so far.
    pub sequence: u32,
}

/// Pairs of message ids of one room, as seen from one user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct IdMap {
    /// (in this user's chat, in the partner's chat), oldest first.
    pub pairs: VecDeque<(MessageId, MessageId)>,
    /// Set when the room has ended: forgotten then.
    pub until: Option<Millis>,
}

/// A lock with a time limit. The epoch outlives every owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The highest epoch ever given.
    pub epoch: u64,
    /// Who has it and until when; past that instant nobody has.
    pub owner: Option<(InstanceId, Millis)>,
}

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

/// One bot's shared keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bot {
    /// Millionths of a permit in the bucket, and when that was; `None` is a full bucket.
    pub bucket: Option<(i64, Millis)>,
    /// Millionths that ran over and are left for broadcasts, once they asked for some.
    pub spare: Option<i64>,
    /// The broadcasts' own bucket, as `bucket`.
    pub bulk: Option<(i64, Millis)>,
    /// What the bucket learned, if it ever was to.
    pub learned: Option<Learned>,
    /// What was used of the budget lately.
    pub usage: Usage,
    /// No permits before this.
    pub paused_until: Option<Millis>,
    /// Address of the API server the token was last used with, and how often that changed.
    pub server: Option<(String, u16)>,
    /// Failures per update, and until when they are remembered.
    pub strikes: BTreeMap<UpdateId, (u32, Millis)>,
    /// Files by `file_unique_id`: until when each is remembered, and its `file_id`.
    pub files: BTreeMap<String, (Millis, String)>,
    /// Updates kept aside, oldest first.
    pub letters: VecDeque<(Millis, DeadLetter)>,
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

impl User {
    /// The bot that reaches this user: that of their session's ticket, or the one they last used.
    pub(super) fn bot(&self) -> BotId {
        self.session.ticket().map_or(self.profile.bot, |ticket| ticket.bot)
    }

    pub(super) fn record(
        &self,
        announcement: Option<Announcement>,
        premium_until: Option<Millis>,
        not_before: Millis,
        now: Millis,
    ) -> Record {
        let forgotten = now.before(LastRoom::KEPT);
        let here = |asked: &&Asked| Some(asked.room) == self.session.room();
        Record {
            announcement,
            search_notice: self.search_notice,
            across: self.relayed.as_ref().and_then(|marks| marks.across),
            dialogue: self.dialogue,
            asked: self.asked.as_ref().filter(here).cloned(),
            forgotten: self.forgotten,
            new_since: self.new_since.filter(|since| *since > now.before(NEW_FOR)),
            pace: self.pace,
            joined: self.joined.filter(|joined| joined.until > now),
            repeats: if self.repeats.are_forgotten(now) { Repeats::default() } else { self.repeats.clone() },
            brakes: if self.brakes.are_off(now) { Brakes::default() } else { self.brakes },
            conduct: if self.conduct.is_spent(now) { Conduct::default() } else { self.conduct.clone() },
            premium_until,
            version: self.version,
            session: self.session.clone(),
            since: self.since,
            marks: self.marks.iter().map(|((bot, queue), mark)| (*bot, *queue, *mark)).collect(),
            profile: self.profile.clone(),
            blocked: self.blocked.clone(),
            recent: self.recent.iter().filter(|met| met.at > not_before).copied().collect(),
            last_room: self.last_room.filter(|last| last.ended_at > forgotten),
            active_at: self.active_at,
        }
    }

    /// Remembers a meeting, and forgets those of `not_before` or earlier and the oldest of too many.
    fn remember(&mut self, partner: UserId, now: Millis, not_before: Millis) {
        self.recent.retain(|met| met.user != partner && met.at > not_before);
        self.recent.sort_unstable_by_key(|met| (met.at, met.user));
        self.recent.drain(..(self.recent.len() + 1).saturating_sub(Met::MOST));
        self.recent.push(Met { user: partner, at: now.whole_seconds() });
    }
}

impl RelayMarks {
    /// Whether `update` was relayed before, or was written before the room.
    pub(super) fn cover(&self, update: &UpdateRef, now: Millis) -> bool {
        let mark = self.queues.get(&update.queue).or(self.floor.as_ref());
        mark.is_some_and(|mark| mark.covers(update, now))
    }
}

impl Lease {
    /// Takes a free lease under a new epoch or renews one's own.
    pub(super) fn take(&mut self, owner: &InstanceId, until: Millis, now: Millis) -> Option<Epoch> {
        match &self.owner {
            Some((holder, end)) if *end > now && holder != owner => return None,
            Some((holder, end)) if *end > now && holder == owner => {}
            _ => self.epoch += 1,
        }
        self.owner = Some((owner.clone(), until));
        Some(Epoch(self.epoch))
    }

    /// Whether `holder` has it at `now`.
    pub fn is_held(&self, holder: &Holder, now: Millis) -> bool {
        let owned = self.owner.as_ref().is_some_and(|(owner, end)| *owner == holder.owner && *end > now);
        owned && self.epoch == holder.epoch.0
    }

    pub(super) fn give_back(&mut self, holder: &Holder, now: Millis) {
        if self.is_held(holder, now) {
            self.owner = None;
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

/// Counts a session in or out. The idle are counted nowhere.
fn count(shard: &mut ShardState, session: &Session, by: i64) {
    let counter = match session {
        Session::Idle => return,
        Session::Waiting(_) | Session::Held { .. } => &mut shard.waiting,
        Session::Chatting { .. } => &mut shard.chatting,
    };
    *counter = counter.checked_add_signed(by).expect("who is counted out was counted in");
}
