//! Looks after what no crash should leave behind, and mends it (invariant 6). In healthy runs it finds nothing.
//!
//! What looks wrong once may be a move under way; what looks the same and wrong in two walks is mended, by steps that
//! are conditional on exactly that state. Walks are the caller's to time (10 s apart).

mod left;
mod pool;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, RoomEnd, RoomFact};
use hamdam_domain::id::{PoolId, RoomId, Shard, TicketId, UserId};
use hamdam_domain::outbox::Notice;
use hamdam_domain::pools::Pools;
use hamdam_domain::record::Record;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::{Claimant, Ticket};
use hamdam_state::step::matching::{End, Ended, Released};
use hamdam_state::step::pool::Standing;
use hamdam_state::{Result, State};

use crate::bots::Bots;

/// Users looked at in one step.
const PAGE: u32 = 200;
/// Partners collected before they are looked up, shard by shard.
const PARTNERS: usize = 4_096;

/// A kind of damage, by the name it is counted under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mend {
    /// A waiter had neither ticket nor intent; they have a ticket again.
    WaiterWithoutTicket,
    /// A waiter's pool is none of this fleet's any more; they wait in the widest.
    WaiterWithoutPool,
    /// Somebody was held without an intent; they wait again.
    HeldWithoutIntent,
    /// A room's other user was elsewhere; the room is ended.
    LonelyRoom,
    /// A ticket's user does not wait by it; it is removed.
    StrayTicket,
}

impl Mend {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::WaiterWithoutTicket,
        Self::WaiterWithoutPool,
        Self::HeldWithoutIntent,
        Self::LonelyRoom,
        Self::StrayTicket,
    ];

    /// The label of `hamdam_audit_repairs_total`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::WaiterWithoutTicket => "waiter_without_ticket",
            Self::WaiterWithoutPool => "waiter_without_pool",
            Self::HeldWithoutIntent => "held_without_intent",
            Self::LonelyRoom => "lonely_room",
            Self::StrayTicket => "stray_ticket",
        }
    }
}

/// What a walk found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Users or tickets looked at.
    pub looked: usize,
    /// What was mended, and how often.
    pub mends: BTreeMap<Mend, usize>,
    /// Rooms ended because nobody wrote. Not damage.
    pub idle_rooms: usize,
}

impl Walk {
    fn mended(&mut self, what: Mend) {
        *self.mends.entry(what).or_default() += 1;
    }
}

/// Something that looked wrong in the last walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Suspect {
    Waiter(Claimant),
    Held(RoomId, Claimant),
    Room(RoomId, UserId),
    Ticket(UserId, TicketId),
}

/// A user in a room.
#[derive(Clone, Copy, Debug)]
struct Talk {
    room: RoomId,
    user: UserId,
    partner: UserId,
    active_at: Millis,
}

/// The audit of one instance.
pub struct Audit {
    state: Arc<dyn State>,
    pools: Pools,
    bots: Arc<Bots>,
    room_idle: Duration,
    /// Found in the walk before this one, and in this one.
    before: HashSet<Suspect>,
    found: HashSet<Suspect>,
    strangers: left::Strangers,
}

impl Audit {
    /// An audit of a fleet with these pools, that ends rooms in which nobody was active for `room_idle`, and what those are in
    /// who came by none of these bots.
    pub fn new(state: Arc<dyn State>, pools: Pools, bots: Arc<Bots>, room_idle: Duration) -> Self {
        Self {
            state,
            pools,
            bots,
            room_idle,
            before: HashSet::new(),
            found: HashSet::new(),
            strangers: left::Strangers::default(),
        }
    }

    /// Walks the users of `shards`, which this instance owns, and the tickets of `pools`, which it leads. One call is
    /// one walk: what was wrong in the call before and is wrong in the same way now is mended.
    pub async fn walk(&mut self, shards: &[Shard], pools: &[PoolId]) -> Result<Walk> {
        self.found.clear();
        self.strangers.next_walk();
        let mut walk = Walk::default();
        let outcome = self.walk_all(shards, pools, &mut walk).await;
        std::mem::swap(&mut self.before, &mut self.found);
        outcome.map(|()| walk)
    }

    async fn walk_all(&mut self, shards: &[Shard], pools: &[PoolId], walk: &mut Walk) -> Result<()> {
        let mut talks = Vec::new();
        for shard in shards {
            self.walk_shard(*shard, &mut talks, walk).await?;
            if talks.len() >= PARTNERS {
                self.check_rooms(std::mem::take(&mut talks), walk).await?;
            }
        }
        self.check_rooms(talks, walk).await?;
        for pool in pools {
            self.walk_pool(pool, walk).await?;
        }
        Ok(())
    }

    async fn walk_shard(&mut self, shard: Shard, talks: &mut Vec<Talk>, walk: &mut Walk) -> Result<()> {
        let mut skip = 0;
        loop {
            let users = self.state.live(shard, Millis(i64::MAX / 2), skip, PAGE).await?;
            if users.is_empty() {
                return Ok(());
            }
            let look = self.state.look(shard, &users).await?;
            walk.looked += users.len();
            let mut waiters: BTreeMap<PoolId, Vec<(UserId, Session)>> = BTreeMap::new();
            for (user, seen) in users.iter().zip(look.seen) {
                let Some(seen) = seen else { continue };
                if self.part_with(*user, &seen.session, look.now).await? {
                    continue;
                }
                match &seen.session {
                    Session::Idle => {}
                    Session::Waiting(stub) | Session::Held { stub, .. } => {
                        waiters.entry(stub.pool.clone()).or_default().push((*user, seen.session));
                    }
                    Session::Chatting { room, partner, .. } => talks.push(Talk {
                        room: *room,
                        user: *user,
                        partner: *partner,
                        active_at: seen.active_at,
                    }),
                }
            }
            for (pool, waiters) in waiters {
                self.check_waiters(&pool, waiters, walk).await?;
            }
            if users.len() < PAGE as usize {
                return Ok(());
            }
            skip += PAGE;
        }
    }

    /// Whether this was found wrong in the walk before; either way it is remembered for the next.
    fn again(&mut self, suspect: Suspect) -> bool {
        self.found.insert(suspect);
        self.before.contains(&suspect)
    }

    async fn check_waiters(
        &mut self,
        pool: &PoolId,
        waiters: Vec<(UserId, Session)>,
        walk: &mut Walk,
    ) -> Result<()> {
        let claimants: Vec<Claimant> =
            waiters.iter().filter_map(|(user, session)| claimant(*user, session)).collect();
        let standings = self.state.standing(pool, &claimants).await?;
        for (((_, session), who), standing) in waiters.into_iter().zip(claimants).zip(standings) {
            let mended = match (session, standing) {
                (Session::Waiting(_), Standing::Absent | Standing::Queued)
                    if !self.pools.has(pool) && self.again(Suspect::Waiter(who)) =>
                {
                    let to = self.pools.way_on(pool).map_or_else(|| pool.clone(), |way| way.to);
                    let mended = self.renew(&who, &to).await?;
                    self.state.remove_ticket(pool, who.user, who.ticket).await?;
                    mended.then_some(Mend::WaiterWithoutPool)
                }
                (Session::Waiting(_), Standing::Absent) if self.again(Suspect::Waiter(who)) => {
                    self.renew(&who, pool).await?.then_some(Mend::WaiterWithoutTicket)
                }
                (Session::Held { room, partner, .. }, Standing::Absent | Standing::Queued)
                    if self.again(Suspect::Held(room, who)) =>
                {
                    self.let_go(room, &who, partner).await?.then_some(Mend::HeldWithoutIntent)
                }
                _ => None,
            };
            if let Some(what) = mended {
                walk.mended(what);
            }
        }
        Ok(())
    }

    /// Gives a waiter the next attempt and a ticket for it in `pool`.
    async fn renew(&self, who: &Claimant, pool: &PoolId) -> Result<bool> {
        match self.state.bump(who, pool).await? {
            Some(stub) => self.add(who.user, &stub).await,
            None => Ok(false),
        }
    }

    /// Sends somebody who is held in vain back to the pool.
    async fn let_go(&self, room: RoomId, who: &Claimant, partner: UserId) -> Result<bool> {
        // An intent is dropped only after its room was opened. Look again, now that it is known to be gone: who is
        // still held will not be opened any more.
        let reading = self.state.read(who.user).await?;
        let session = reading.record.map(|record| record.session);
        if !matches!(session, Some(Session::Held { room: held, .. }) if held == room) {
            return Ok(false);
        }
        let notice = Notice::RoomClosed { room }.entry();
        let fact = closed(room, who.user, partner, RoomEnd::Mended, reading.now);
        match self.state.release(room, who, &notice, &fact).await? {
            Released::Waiting(stub) => self.add(who.user, &stub).await,
            Released::Ended | Released::Elsewhere => Ok(false),
        }
    }

    /// Puts the ticket of a waiting user into the pool.
    async fn add(&self, user: UserId, stub: &Stub) -> Result<bool> {
        let reading = self.state.read(user).await?;
        let Some(record) = reading.record else { return Ok(false) };
        self.state.add_ticket(&ticket(user, stub, &record, reading.now)).await?;
        Ok(true)
    }

    async fn check_rooms(&mut self, talks: Vec<Talk>, walk: &mut Walk) -> Result<()> {
        let mut by_shard: BTreeMap<Shard, Vec<Talk>> = BTreeMap::new();
        for talk in talks {
            by_shard.entry(Shard::of(talk.partner, self.state.shards())).or_default().push(talk);
        }
        for (shard, talks) in by_shard {
            for page in talks.chunks(PAGE as usize) {
                self.check_partners(shard, page, walk).await?;
            }
        }
        Ok(())
    }

    async fn check_partners(&mut self, shard: Shard, talks: &[Talk], walk: &mut Walk) -> Result<()> {
        let partners: Vec<UserId> = talks.iter().map(|talk| talk.partner).collect();
        let look = self.state.look(shard, &partners).await?;
        let long_ago = look.now.before(self.room_idle);
        for (talk, partner) in talks.iter().zip(look.seen) {
            let partner = partner.filter(|seen| {
                seen.session.room() == Some(talk.room) && seen.session.partner() == Some(talk.user)
            });
            match partner {
                None if self.again(Suspect::Room(talk.room, talk.user)) => {
                    let fact = closed(talk.room, talk.user, talk.partner, RoomEnd::Mended, look.now);
                    if self.end(talk.user, talk.room, fact, None).await? == Ended::Ended {
                        walk.mended(Mend::LonelyRoom);
                    }
                }
                Some(seen) if talk.active_at < long_ago && seen.active_at < long_ago => {
                    let fact = closed(talk.room, talk.user, talk.partner, RoomEnd::Idle, look.now);
                    // Whoever wrote meanwhile keeps the room.
                    let end = self.end(talk.partner, talk.room, fact.clone(), Some(long_ago)).await?;
                    if end == Ended::Ended {
                        self.end(talk.user, talk.room, fact, None).await?;
                        walk.idle_rooms += 1;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn end(&self, user: UserId, room: RoomId, fact: Fact, unless: Option<Millis>) -> Result<Ended> {
        let end = End {
            user,
            room,
            notice: Notice::RoomClosed { room }.entry(),
            fact,
            unless_active_since: unless,
            unreachable: false,
        };
        self.state.end(&end).await
    }
}

fn claimant(user: UserId, session: &Session) -> Option<Claimant> {
    stub(session).map(|stub| Claimant { user, ticket: stub.ticket, attempt: stub.attempt })
}

fn stub(session: &Session) -> Option<&Stub> {
    match session {
        Session::Waiting(stub) | Session::Held { stub, .. } => Some(stub),
        Session::Idle | Session::Chatting { .. } => None,
    }
}

/// The ticket of a waiting user at `now`, as the update that began the wait would make it.
pub(crate) fn ticket(user: UserId, stub: &Stub, record: &Record, now: Millis) -> Ticket {
    let since = record.since.filter(|since| since.bot == stub.ticket.bot);
    Ticket {
        claimant: Claimant { user, ticket: stub.ticket, attempt: stub.attempt },
        era: since.map_or(0, |since| since.mark.era),
        pool: stub.pool.clone(),
        waiting_since: stub.waiting_since,
        wishes: record.wishes(now),
    }
}

fn closed(room: RoomId, one: UserId, other: UserId, end: RoomEnd, ended_at: Millis) -> Fact {
    Fact::RoomClosed { room: RoomFact::new(room, one, other), ended_at, end, ended_by: None }
}

impl std::fmt::Debug for Audit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let suspects: BTreeSet<String> = self.before.iter().map(|suspect| format!("{suspect:?}")).collect();
        f.debug_struct("Audit").field("suspects", &suspects).finish_non_exhaustive()
    }
}
