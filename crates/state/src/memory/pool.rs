//! Steps on a pool of tickets.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{Epoch, InstanceId, PoolId, TicketId, UserId};
use hamdam_domain::ticket::{Claimant, Intent, Ticket};

use super::parts::{Part, Parts};
use super::world::{Pool, World};
use crate::step::pool::{Added, Change, Changes, FeedCursor, Settlement, Standing, Stock};
use crate::step::{Fenced, Holder, TimeToLive};

/// The pool remembers for this long which tickets left, and what changed.
const GONE_KEPT: Duration = Duration::from_mins(2);
/// The feed reaches back this many changes.
const FEED_KEPT: usize = 100_000;

impl World {
    pub(super) fn pool_mut(&mut self, pool: &PoolId) -> &mut Pool {
        if !self.pools.contains_key(pool) {
            self.pools.insert(pool.clone(), Pool::default());
        }
        self.pools.get_mut(pool).expect("put there above")
    }

    /// Answers what happened, and whether a sleeping leader is to be rung.
    pub(super) fn add_ticket(&mut self, ticket: &Ticket, now: Millis) -> (Added, bool) {
        let pool = self.pool_mut(&ticket.pool);
        match pool.add(ticket, now) {
            Added::Added => (Added::Added, std::mem::take(&mut pool.asleep)),
            Added::Known => (Added::Known, false),
        }
    }

    pub(super) fn remove_ticket(&mut self, pool: &PoolId, user: UserId, ticket: TicketId, now: Millis) {
        let parts = self.parts;
        let pool = self.pool_mut(pool);
        if let Some(left) = pool.tickets.remove(&(user, ticket)) {
            pool.publish(Change::Removed(left.claimant), now);
        }
        pool.note_gone(user, ticket, u32::MAX, parts, now);
    }

    pub(super) fn lead(
        &mut self,
        pool: &PoolId,
        owner: &InstanceId,
        ttl: TimeToLive,
        now: Millis,
    ) -> Option<Epoch> {
        self.pool_mut(pool).lock.take(owner, now.after(ttl), now)
    }

    pub(super) fn step_down(&mut self, pool: &PoolId, holder: &Holder, now: Millis) {
        self.pool_mut(pool).lock.give_back(holder, now);
    }

    /// Pages go by user id, so that none is missed when others leave between two pages.
    pub(super) fn stock(&self, pool: &PoolId, page: u64, limit: u32) -> Stock {
        let mut tickets: Vec<Ticket> = Vec::new();
        let waiting = self.pools.get(pool).into_iter().flat_map(|pool| pool.tickets.values());
        let from = i64::try_from(page).unwrap_or(i64::MAX);
        for ticket in waiting.skip_while(|ticket| ticket.claimant.user.0 < from) {
            let user = ticket.claimant.user;
            let last = tickets.last().map(|last| last.claimant.user);
            if tickets.len() >= limit.max(1) as usize && last != Some(user) {
                return Stock { tickets, next: u64::try_from(user.0).ok() };
            }
            tickets.push(ticket.clone());
        }
        Stock { tickets, next: None }
    }

    pub(super) fn changes(
        &mut self,
        pool: &PoolId,
        cursor: FeedCursor,
        limit: u32,
        sleep: bool,
        now: Millis,
    ) -> Changes {
        let pool = self.pool_mut(pool);
        if cursor < pool.feed_cut {
            return Changes::TooOld;
        }
        let after = (std::ops::Bound::Excluded(cursor), std::ops::Bound::Unbounded);
        let page: Vec<_> = pool.feed.range(after).take(limit as usize).collect();
        let cursor = page.last().map_or(cursor, |(place, _)| **place);
        let changes = page.into_iter().map(|(_, change)| change.clone()).collect();
        let more = cursor < pool.feed_end;
        if sleep && !more {
            pool.asleep = true;
            pool.forget_gone(now);
            pool.forget_feed(now);
        }
        Changes::Feed { changes, cursor, more }
    }

    pub(super) fn commit(
        &mut self,
        pool: &PoolId,
        holder: &Holder,
        proposals: &[Intent],
        now: Millis,
    ) -> Fenced<Vec<bool>> {
        let parts = self.parts;
        let pool = self.pool_mut(pool);
        if !pool.lock.is_held(holder, now) {
            return Fenced::Lost;
        }
        Fenced::Held(proposals.iter().map(|intent| pool.commit(intent, parts, now)).collect())
    }

    pub(super) fn intents(
        &self,
        pool: &PoolId,
        holder: &Holder,
        limit: u32,
        now: Millis,
    ) -> Fenced<Vec<Intent>> {
        match self.pools.get(pool).filter(|pool| pool.lock.is_held(holder, now)) {
            Some(pool) => Fenced::Held(pool.intents.values().take(limit as usize).cloned().collect()),
            None => Fenced::Lost,
        }
    }

    /// Answers what happened, and whether a sleeping leader is to be rung.
    pub(super) fn settle(
        &mut self,
        pool: &PoolId,
        holder: &Holder,
        settlements: &[Settlement],
        now: Millis,
    ) -> (Fenced<()>, bool) {
        let pool = self.pool_mut(pool);
        if !pool.lock.is_held(holder, now) {
            return (Fenced::Lost, false);
        }
        let mut ring = false;
        for settlement in settlements {
            if pool.intents.remove(&settlement.room).is_some() {
                for ticket in &settlement.readd {
                    let added = pool.add(ticket, now) == Added::Added;
                    ring |= added && std::mem::take(&mut pool.asleep);
                }
            }
        }
        (Fenced::Held(()), ring)
    }

    pub(super) fn standing(&self, pool: &PoolId, tickets: &[Claimant]) -> Vec<Standing> {
        let Some(pool) = self.pools.get(pool) else { return vec![Standing::Absent; tickets.len()] };
        tickets.iter().map(|claimant| pool.standing(claimant)).collect()
    }
}

impl Pool {
    fn add(&mut self, ticket: &Ticket, now: Millis) -> Added {
        let Claimant { user, ticket: id, attempt } = ticket.claimant;
        let waits = self.tickets.get(&(user, id)).is_some_and(|known| known.claimant.attempt >= attempt);
        let gone = self.gone.get(&(user, id)).is_some_and(|(below, until)| attempt < *below && *until > now);
        if waits || gone || self.intent_of(&ticket.claimant).is_some() {
            return Added::Known;
        }
        self.tickets.insert((user, id), ticket.clone());
        self.publish(Change::Added(ticket.clone()), now);
        Added::Added
    }

    fn commit(&mut self, intent: &Intent, parts: Parts, now: Millis) -> bool {
        let (first, second) = (intent.first.claimant, intent.second.claimant);
        let free = self.standing(&first) == Standing::Queued && self.standing(&second) == Standing::Queued;
        if !free || first.user == second.user || self.intents.contains_key(&intent.room) {
            return false;
        }
        for claimant in [first, second] {
            self.tickets.remove(&(claimant.user, claimant.ticket));
            self.note_gone(claimant.user, claimant.ticket, claimant.attempt + 1, parts, now);
            self.publish(Change::Removed(claimant), now);
        }
        self.intents.insert(intent.room, intent.clone());
        true
    }

    fn standing(&self, claimant: &Claimant) -> Standing {
        let waiting = self.tickets.get(&(claimant.user, claimant.ticket));
        if waiting.is_some_and(|ticket| ticket.claimant == *claimant) {
            return Standing::Queued;
        }
        self.intent_of(claimant).map_or(Standing::Absent, Standing::Matched)
    }

    /// The intent that holds this ticket at this attempt. Few intents are under way at any time.
    fn intent_of(&self, claimant: &Claimant) -> Option<hamdam_domain::id::RoomId> {
        let names =
            |intent: &&Intent| intent.first.claimant == *claimant || intent.second.claimant == *claimant;
        self.intents.values().find(names).map(|intent| intent.room)
    }

    /// Notes that every attempt below `below` has left.
    fn note_gone(&mut self, user: UserId, ticket: TicketId, below: u32, parts: Parts, now: Millis) {
        if !parts.has(Part::PoolMemory) {
            return;
        }
        self.forget_gone(now);
        let until = now.after(GONE_KEPT);
        let before = self.gone.get(&(user, ticket)).copied();
        if let Some((_, old)) = before {
            self.gone_until.remove(&(old, user, ticket));
        }
        let below = before.map_or(below, |(old, _)| old.max(below));
        self.gone.insert((user, ticket), (below, until));
        self.gone_until.insert((until, user, ticket));
    }

    pub(super) fn forget_gone(&mut self, now: Millis) {
        while let Some((until, user, ticket)) = self.gone_until.first().copied() {
            if until > now {
                break;
            }
            self.gone_until.pop_first();
            self.gone.remove(&(user, ticket));
        }
    }

    /// Nobody reads back so far. The newest change stays, so that the feed is not taken for one that was lost.
    fn forget_feed(&mut self, now: Millis) {
        let old = u64::try_from(now.before(GONE_KEPT).0).unwrap_or(0);
        while let Some((place, _)) = self.feed.first_key_value().filter(|(place, _)| place.ms < old)
            && *place < self.feed_end
        {
            self.feed_cut = *place;
            self.feed.pop_first();
        }
    }

    pub(super) fn publish(&mut self, change: Change, now: Millis) {
        let ms = u64::try_from(now.0).unwrap_or(0);
        let FeedCursor { ms: last, sequence } = self.feed_end;
        self.feed_end = if ms > last {
            FeedCursor { ms, sequence: 0 }
        } else {
            FeedCursor { ms: last, sequence: sequence + 1 }
        };
        self.feed.insert(self.feed_end, change);
        while self.feed.len() > FEED_KEPT {
            let (cut, _) = self.feed.pop_first().expect("longer than its bound");
            self.feed_cut = cut;
        }
    }
}
