//! Steps on a pool of tickets.

use fred::interfaces::SortedSetsInterface;
use fred::types::{Key, Value};
use hamdam_domain::id::{Epoch, InstanceId, PoolId, RoomId, TicketId, UserId};
use hamdam_domain::ticket::{Claimant, Intent, Ticket};

use super::RedisState;
use super::keys::{self, PoolKeys};
use super::link::misread;
use super::reply::{Parts, cursor, entry_id, stream_entry};
use super::rings::Bell;
use super::script::Script;
use crate::error::Result;
use crate::step::pool::{Added, Change, Changes, FeedCursor, Settlement, Standing, Stock};
use crate::step::{Fenced, Holder, TimeToLive};

/// Pairs and settlements that one run of a script carries out, so that no run holds Redis up for more than some
/// milliseconds.
const PER_RUN: usize = 100;

impl RedisState {
    pub(super) async fn add(&self, ticket: &Ticket) -> Result<Added> {
        let pool = PoolKeys::new(&ticket.pool);
        let keys = vec![pool.order, pool.tickets, pool.gone, pool.changes, pool.matched, pool.asleep];
        let answer = self.link.run(&self.link.scripts.add_ticket, keys, ticket_args(ticket).into()).await?;
        Ok(if answer.as_i64() == Some(1) { Added::Added } else { Added::Known })
    }

    pub(super) async fn remove(&self, pool: &PoolId, user: UserId, ticket: TicketId) -> Result<()> {
        let pool = PoolKeys::new(pool);
        let keys = vec![pool.order, pool.tickets, pool.gone, pool.changes];
        self.link.run(&self.link.scripts.remove_ticket, keys, vec![name(user, ticket).into()]).await.map(drop)
    }

    /// A holder also listens for its pool's rings, from before its first batch until it has lost the lock.
    pub(super) async fn take_lock(
        &self,
        pool: &PoolId,
        owner: &InstanceId,
        ttl: TimeToLive,
    ) -> Result<Option<Epoch>> {
        let keys = PoolKeys::new(pool);
        let taken = self.take(&self.link.scripts.lead, keys.lock, keys.epoch, owner, ttl).await?;
        if taken.is_some() {
            self.rings.listen(Bell::Pool(pool.clone()), &keys.asleep).await;
        } else {
            self.rings.forget(&keys.asleep).await;
        }
        Ok(taken)
    }

    pub(super) async fn return_lock(&self, pool: &PoolId, holder: &Holder) -> Result<()> {
        let keys = PoolKeys::new(pool);
        self.link.run(&self.link.scripts.step_down, vec![keys.lock], holder_args(holder)).await?;
        self.rings.forget(&keys.asleep).await;
        Ok(())
    }

    /// Takes or renews a lease of either kind.
    pub(super) async fn take(
        &self,
        script: &'static Script,
        lease: Key,
        epoch: Key,
        owner: &InstanceId,
        ttl: TimeToLive,
    ) -> Result<Option<Epoch>> {
        let (mut keys, mut args) = (vec![lease, epoch], vec![owner.0.clone().into(), millis(ttl)]);
        if self.rings.hears_who_is_gone() {
            keys.push(keys::instances());
            args.push(keys::life(owner).into());
        }
        Ok(self.link.run(script, keys, args).await?.as_u64().map(Epoch))
    }

    pub(super) async fn feed_ends(&self, pool: &PoolId) -> Result<FeedCursor> {
        let script = &self.link.scripts.feed_end;
        let key = PoolKeys::new(pool).changes;
        let answer = self.link.run(script, vec![key.clone()], Vec::new()).await?;
        let end = answer.as_bytes_str().and_then(|text| entry_id(&text)).map(cursor);
        end.ok_or_else(|| misread(script, &key, "a place of the feed", &answer))
    }

    pub(super) async fn take_stock(&self, pool: &PoolId, page: u64, limit: u32) -> Result<Stock> {
        let script = &self.link.scripts.stock;
        let pool = PoolKeys::new(pool);
        let key = pool.tickets.clone();
        let args = vec![page.to_string().into(), i64::from(limit.max(1)).into()];
        let answer = self.link.run(script, vec![pool.order, pool.tickets], args).await?;
        let stock = Parts::of(answer).and_then(|mut parts| {
            let next = parts.text()?;
            let next = if next.is_empty() { None } else { Some(next.parse().ok()?) };
            Some(Stock { next, tickets: parts.array()?.rest(stored_ticket)? })
        });
        stock.ok_or_else(|| misread(script, &key, "tickets", &Value::Null))
    }

    pub(super) async fn changes_after(
        &self,
        pool: &PoolId,
        after: FeedCursor,
        limit: u32,
        sleep: bool,
    ) -> Result<Changes> {
        let script = &self.link.scripts.changes;
        let PoolKeys { changes: key, asleep, gone, .. } = PoolKeys::new(pool);
        let args = vec![
            after.ms.to_string().into(),
            after.sequence.to_string().into(),
            i64::from(limit).into(),
            i64::from(sleep).into(),
        ];
        let answer = self.link.run(script, vec![key.clone(), asleep, gone], args).await?;
        if answer.is_null() {
            return Ok(Changes::TooOld);
        }
        let read = Parts::of(answer).and_then(|mut parts| parts.array()?.rest(change));
        let mut read = read.ok_or_else(|| misread(script, &key, "changes", &Value::Null))?;
        let more = read.len() > limit as usize;
        read.truncate(limit as usize);
        let cursor = read.last().map_or(after, |(place, _)| *place);
        Ok(Changes::Feed { changes: read.into_iter().map(|(_, change)| change).collect(), cursor, more })
    }

    pub(super) async fn commit_pairs(
        &self,
        pool: &PoolId,
        holder: &Holder,
        proposals: &[Intent],
    ) -> Result<Fenced<Vec<bool>>> {
        let script = &self.link.scripts.commit;
        let mut done = Vec::with_capacity(proposals.len());
        for chunk in chunks(proposals) {
            let (keys, mut args) = (locked_keys(pool), holder_args(holder));
            for intent in chunk {
                args.push(intent.room.0.into());
                for ticket in [&intent.first, &intent.second] {
                    let [name, attempt, _, body] = ticket_args(ticket);
                    args.extend([name, attempt, body]);
                }
            }
            let key = keys[0].clone();
            let answer = self.link.run(script, keys, args).await?;
            if answer.is_null() {
                return Ok(Fenced::Lost);
            }
            let read = Parts::of(answer).and_then(|parts| parts.rest(|part| Some(part.as_i64()? == 1)));
            done.extend(read.ok_or_else(|| misread(script, &key, "0 or 1 for each pair", &Value::Null))?);
        }
        Ok(Fenced::Held(done))
    }

    pub(super) async fn stored_intents(
        &self,
        pool: &PoolId,
        holder: &Holder,
        limit: u32,
    ) -> Result<Fenced<Vec<Intent>>> {
        let script = &self.link.scripts.intents;
        let pool = PoolKeys::new(pool);
        let key = pool.intents.clone();
        let mut args = holder_args(holder);
        args.push(i64::from(limit).into());
        let answer = self.link.run(script, vec![pool.lock, pool.intents], args).await?;
        if answer.is_null() {
            return Ok(Fenced::Lost);
        }
        let intents = Parts::of(answer).and_then(|parts| parts.rest(intent));
        intents.map(Fenced::Held).ok_or_else(|| misread(script, &key, "intents", &Value::Null))
    }

    pub(super) async fn settle_intents(
        &self,
        pool: &PoolId,
        holder: &Holder,
        settlements: &[Settlement],
    ) -> Result<Fenced<()>> {
        let mut keys = locked_keys(pool);
        keys.push(PoolKeys::new(pool).asleep);
        for chunk in chunks(settlements) {
            let mut args = holder_args(holder);
            for settlement in chunk {
                args.extend([settlement.room.0.into(), settlement.readd.len().to_string().into()]);
                args.extend(settlement.readd.iter().flat_map(ticket_args));
            }
            if self.link.run(&self.link.scripts.settle, keys.clone(), args).await?.is_null() {
                return Ok(Fenced::Lost);
            }
        }
        Ok(Fenced::Held(()))
    }

    pub(super) async fn standing_of(&self, pool: &PoolId, tickets: &[Claimant]) -> Result<Vec<Standing>> {
        let script = &self.link.scripts.standing;
        let pool = PoolKeys::new(pool);
        let mut standing = Vec::with_capacity(tickets.len());
        for chunk in tickets.chunks(PER_RUN) {
            let keys = vec![pool.tickets.clone(), pool.matched.clone()];
            let args = chunk
                .iter()
                .flat_map(|who| [name(who.user, who.ticket).into(), i64::from(who.attempt).into()])
                .collect();
            let answer = self.link.run(script, keys, args).await?;
            let read = Parts::of(answer).and_then(|parts| parts.rest(stands));
            standing.extend(read.ok_or_else(|| misread(script, &pool.matched, "rooms", &Value::Null))?);
        }
        Ok(standing)
    }

    /// One command, without a script.
    pub(super) async fn waiting(&self, pool: &PoolId) -> Result<u64> {
        let key = PoolKeys::new(pool).order;
        self.link.single("queue_length", Some(&key), self.link.client().zcard(key.clone())).await
    }
}

/// Chunks of what a lock protects; an empty list is one empty chunk, so that the lock is asked all the same.
fn chunks<T>(list: &[T]) -> impl Iterator<Item = &[T]> {
    let empty = list.is_empty().then_some(list);
    list.chunks(PER_RUN).chain(empty)
}

fn locked_keys(pool: &PoolId) -> Vec<Key> {
    let pool = PoolKeys::new(pool);
    vec![pool.lock, pool.order, pool.tickets, pool.gone, pool.changes, pool.matched, pool.intents]
}

/// Owner and epoch.
pub(super) fn holder_args(holder: &Holder) -> Vec<Value> {
    vec![holder.owner.0.clone().into(), holder.epoch.0.to_string().into()]
}

/// A life time in milliseconds, one at least: Redis takes no zero.
pub(super) fn millis(ttl: TimeToLive) -> Value {
    ttl.as_millis().max(1).to_string().into()
}

/// A ticket's name in the pool.
fn name(user: UserId, ticket: TicketId) -> String {
    format!("{user}:{ticket}")
}

/// Name, attempt, waiting since, body.
fn ticket_args(ticket: &Ticket) -> [Value; 4] {
    let who = &ticket.claimant;
    [
        name(who.user, who.ticket).into(),
        i64::from(who.attempt).into(),
        ticket.waiting_since.0.into(),
        ticket.to_json().into(),
    ]
}

/// `attempt ticket`.
fn stored_ticket(value: Value) -> Option<Ticket> {
    let text = value.into_bytes_str()?;
    Ticket::from_json(text.split_once(' ')?.1).ok()
}

fn change(value: Value) -> Option<(FeedCursor, Change)> {
    let (place, fields) = stream_entry(value)?;
    let (kind, body) = fields.first()?;
    let change = match &**kind {
        "a" => Change::Added(Ticket::from_json(body).ok()?),
        "r" => Change::Removed(claimant(body)?),
        _ => return None,
    };
    Some((cursor(place), change))
}

/// `user:bot:update:attempt`.
fn claimant(text: &str) -> Option<Claimant> {
    let (user, rest) = text.split_once(':')?;
    let (ticket, attempt) = rest.rsplit_once(':')?;
    Some(Claimant { user: user.parse().ok()?, ticket: ticket.parse().ok()?, attempt: attempt.parse().ok()? })
}

fn intent(value: Value) -> Option<Intent> {
    let (_, fields) = stream_entry(value)?;
    let [(_, room), (_, first), (_, second)] = fields.as_slice() else { return None };
    Some(Intent {
        room: room.parse().ok()?,
        first: Ticket::from_json(first).ok()?,
        second: Ticket::from_json(second).ok()?,
    })
}

fn stands(value: Value) -> Option<Standing> {
    match value {
        Value::Integer(0) => Some(Standing::Absent),
        Value::Integer(1) => Some(Standing::Queued),
        room => room.as_bytes_str()?.parse::<RoomId>().ok().map(Standing::Matched),
    }
}
