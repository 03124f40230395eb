//! Steps of a shard's sender, of its journal writer and of its audit.

use fred::types::Value;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, Epoch, InstanceId, Shard, UserId};
use hamdam_domain::outbox::EntryId;
use hamdam_domain::profile::Language;

use super::RedisState;
use super::link::misread;
use super::pool::{holder_args, millis};
use super::record::StoredSession;
use super::reply::{Parts, entry_id, entry_name, stream_entry};
use super::rings::Bell;
use super::user::id_pair;
use crate::error::Result;
use crate::step::journal::Noted;
use crate::step::sending::{Ack, Claim, Depth, Inheritance, Keep, Queued, Turn, Turned};
use crate::step::user::{Look, Seen};
use crate::step::{Fenced, Holder, TimeToLive};

impl RedisState {
    /// A holder also listens for its shard's rings, from before its first turn until it has lost the lease.
    pub(super) async fn take_lease(
        &self,
        shard: Shard,
        owner: &InstanceId,
        ttl: TimeToLive,
    ) -> Result<Option<Epoch>> {
        let keys = self.keys.shard(shard);
        let (lease, epoch) = (keys.lease.clone(), keys.epoch.clone());
        let taken = self.take(&self.link.scripts.lease, lease, epoch, owner, ttl).await?;
        if taken.is_some() {
            self.rings.listen(Bell::Shard(shard), &keys.asleep).await;
        } else {
            self.rings.forget(&keys.asleep).await;
        }
        Ok(taken)
    }

    pub(super) async fn return_lease(&self, shard: Shard, holder: &Holder) -> Result<()> {
        let keys = self.keys.shard(shard);
        let args = holder_args(holder);
        self.link.run(&self.link.scripts.release_lease, vec![keys.lease.clone()], args).await?;
        self.rings.forget(&keys.asleep).await;
        Ok(())
    }

    pub(super) async fn inherited(&self, shard: Shard, holder: &Holder) -> Result<Fenced<Inheritance>> {
        let script = &self.link.scripts.inherit;
        let keys = self.keys.shard(shard);
        let answer =
            self.link.run(script, vec![keys.lease.clone(), keys.claims.clone()], holder_args(holder)).await?;
        if answer.is_null() {
            return Ok(Fenced::Lost);
        }
        let inheritance = Parts::of(answer).and_then(|mut parts| {
            let now = Millis(parts.number()?);
            let mut stored = parts.array()?;
            let mut claims = Vec::with_capacity(stored.left() / 2);
            while let Some(chat) = stored.text() {
                let (claim, epoch) = claim(&chat, &stored.text()?)?;
                if epoch < holder.epoch {
                    claims.push(claim);
                }
            }
            claims.sort_unstable_by_key(|claim| (claim.user, claim.bot));
            Some(Inheritance { claims, now })
        });
        inheritance.map(Fenced::Held).ok_or_else(|| misread(script, &keys.claims, "claims", &Value::Null))
    }

    /// A turn with very many acks or claims is taken in parts, each atomic; what it reads is read by the last.
    pub(super) async fn take_turn(&self, turn: &Turn) -> Result<Fenced<Turned>> {
        let mut turn = turn.clone();
        turn.limit = turn.limit.min(PER_TURN);
        let mut earlier = Vec::new();
        while turn.acks.len() > PER_TURN as usize || turn.claims.len() > PER_TURN as usize {
            let (acks, claims) =
                (turn.acks.len().min(PER_TURN as usize), turn.claims.len().min(PER_TURN as usize));
            let part = Turn {
                acks: turn.acks.drain(..acks).collect(),
                // Claims wait until every ack is in: an ack may lift the claim that stands in the way.
                claims: if turn.acks.is_empty() { turn.claims.drain(..claims).collect() } else { Vec::new() },
                limit: 0,
                permits: Vec::new(),
                sleep: false,
                ..turn.clone()
            };
            match self.take_part(&part).await? {
                Fenced::Held(turned) => earlier.extend(turned.claimed),
                Fenced::Lost => return Ok(Fenced::Lost),
            }
        }
        let answer = self.take_part(&turn).await?;
        Ok(match answer {
            Fenced::Held(mut turned) if !earlier.is_empty() => {
                turned.claimed.splice(..0, earlier);
                Fenced::Held(turned)
            }
            answer => answer,
        })
    }

    async fn take_part(&self, turn: &Turn) -> Result<Fenced<Turned>> {
        let script = &self.link.scripts.turn;
        let shard = self.keys.shard(turn.shard);
        let mut keys = vec![
            shard.lease.clone(),
            shard.out.clone(),
            shard.backlog.clone(),
            shard.asleep.clone(),
            shard.claims.clone(),
            shard.journal.clone(),
        ];
        for ack in &turn.acks {
            match &ack.keep {
                None => {}
                Some(Keep::Ids(pair)) => {
                    keys.extend([self.keys.user(ack.user), self.keys.ids(pair.room, ack.user)]);
                }
                Some(Keep::Announcement(_) | Keep::Search { .. }) => keys.push(self.keys.user(ack.user)),
            }
        }
        let answer = self.link.run(script, keys, turn_args(turn)).await?;
        if answer.is_null() {
            self.rings.forget(&shard.asleep).await;
            return Ok(Fenced::Lost);
        }
        let turned = Parts::of(answer).and_then(|mut parts| {
            Some(Turned {
                now: Millis(parts.number()?),
                more: parts.number::<i64>()? == 1,
                claimed: parts.array()?.rest(|id| entry_id(&id.into_bytes_str()?))?,
                entries: queued(parts.array()?)?,
            })
        });
        turned.map(Fenced::Held).ok_or_else(|| misread(script, &shard.out, "entries", &Value::Null))
    }

    pub(super) async fn facts_after(
        &self,
        shard: Shard,
        holder: &Holder,
        after: EntryId,
        limit: u32,
    ) -> Result<Fenced<Vec<Noted>>> {
        let script = &self.link.scripts.facts;
        let shard = self.keys.shard(shard);
        let mut args = holder_args(holder);
        args.extend([entry_name(after).into(), i64::from(limit).into()]);
        let answer = self.link.run(script, vec![shard.lease.clone(), shard.journal.clone()], args).await?;
        if answer.is_null() {
            return Ok(Fenced::Lost);
        }
        let facts = Parts::of(answer).and_then(|parts| parts.rest(noted));
        facts.map(Fenced::Held).ok_or_else(|| misread(script, &shard.journal, "facts", &Value::Null))
    }

    pub(super) async fn drop_facts(
        &self,
        shard: Shard,
        holder: &Holder,
        ids: &[EntryId],
    ) -> Result<Fenced<()>> {
        let shard = self.keys.shard(shard);
        let mut args = holder_args(holder);
        args.extend(ids.iter().map(|id| Value::from(entry_name(*id))));
        let keys = vec![shard.lease.clone(), shard.journal.clone()];
        let answer = self.link.run(&self.link.scripts.forget_facts, keys, args).await?;
        Ok(if answer.is_null() { Fenced::Lost } else { Fenced::Held(()) })
    }

    /// The parts are each in order; they are merged here, where it costs Redis nothing.
    pub(super) async fn live_users(
        &self,
        shard: Shard,
        before: Millis,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<UserId>> {
        let script = &self.link.scripts.live;
        let keys = self.keys.shard(shard).live();
        let key = keys[0].clone();
        let args = vec![before.0.into(), (i64::from(skip) + i64::from(limit)).into()];
        let answer = self.link.run(script, keys, args).await?;
        let parts = Parts::of(answer).and_then(|parts| parts.rest(live_part));
        let parts = parts.ok_or_else(|| misread(script, &key, "users and times", &Value::Null))?;
        let mut all: Vec<(i64, UserId)> = parts.into_iter().flatten().collect();
        all.sort_unstable();
        Ok(all.into_iter().skip(skip as usize).take(limit as usize).map(|(_, user)| user).collect())
    }

    pub(super) async fn look_at(&self, users: &[UserId]) -> Result<Look> {
        let script = &self.link.scripts.look;
        let mut look = Look { seen: Vec::with_capacity(users.len()), now: Millis::default() };
        for chunk in users.chunks(LOOKED_AT_ONCE) {
            let keys: Vec<_> = chunk.iter().map(|user| self.keys.user(*user)).collect();
            let key = keys[0].clone();
            let answer = self.link.run(script, keys, Vec::new()).await?;
            let read = Parts::of(answer)
                .and_then(|mut parts| Some((parts.number()?, parts.rest(|user| Some(seen(user)))?)));
            let (now, seen) = read.ok_or_else(|| misread(script, &key, "sessions", &Value::Null))?;
            look.now = Millis(now);
            look.seen.extend(seen);
        }
        Ok(look)
    }

    pub(super) async fn depth_of(&self, shard: Shard) -> Result<Depth> {
        let script = &self.link.scripts.depth;
        let shard = self.keys.shard(shard);
        let keys = vec![shard.out.clone(), shard.journal.clone(), shard.count.clone()];
        let answer = self.link.run(script, keys, Vec::new()).await?;
        let depth = Parts::of(answer).and_then(|mut parts| {
            Some(Depth {
                outbox: parts.number()?,
                outbox_oldest_ms: parts.number()?,
                journal: parts.number()?,
                journal_oldest_ms: parts.number()?,
                waiting: parts.number::<i64>()?.max(0).cast_unsigned(),
                chatting: parts.number::<i64>()?.max(0).cast_unsigned(),
            })
        });
        depth.ok_or_else(|| misread(script, &shard.out, "six numbers", &Value::Null))
    }
}

/// Acks, claims and entries that one run of the script takes: it passes lists to commands, whose length Lua bounds.
const PER_TURN: u32 = 1_000;

/// Users that one run of the script reads, so that no run holds Redis up for more than a millisecond.
const LOOKED_AT_ONCE: usize = 250;

/// What `look` answers of one user.
fn seen(value: Value) -> Option<Seen> {
    let Value::Array(fields) = value else { return None };
    let field = |place: usize| fields.get(place).and_then(Value::as_bytes_str);
    let [state, ticket, attempt, pool, since, active] = std::array::from_fn(field);
    let stored = StoredSession {
        state: state.as_deref(),
        ticket: ticket.as_deref(),
        attempt: attempt.as_deref(),
        pool: pool.as_deref(),
        waiting_since: since.as_deref(),
    };
    let session = stored.read().unwrap_or_default();
    let active: i64 = active.and_then(|text| text.parse().ok()).unwrap_or(0);
    Some(Seen { session, active_at: Millis(active.saturating_mul(1_000)) })
}

fn chat(user: UserId, bot: BotId) -> Value {
    format!("{user}:{bot}").into()
}

fn turn_args(turn: &Turn) -> Vec<Value> {
    let mut args = holder_args(&turn.holder);
    args.extend([
        millis(turn.ttl),
        entry_name(turn.after).into(),
        i64::from(turn.limit).into(),
        Value::from_static_str(if turn.sleep { "1" } else { "" }),
    ]);
    let counts = [turn.acks.len(), turn.claims.len(), turn.permits.len(), turn.deferred.len()];
    args.extend(counts.map(|count| Value::from(count.to_string())));
    for ack in &turn.acks {
        ack_args(ack, &mut args);
    }
    args.extend(turn.claims.iter().map(|id| Value::from(entry_name(*id))));
    for (bot, permits) in &turn.permits {
        args.extend([bot.0.into(), i64::from(*permits).into()]);
    }
    args.extend(turn.deferred.iter().map(|(user, bot)| chat(*user, *bot)));
    args
}

fn ack_args(ack: &Ack, args: &mut Vec<Value>) {
    args.extend([entry_name(ack.entry).into(), chat(ack.user, ack.bot)]);
    args.push(match ack.keep {
        None => Value::from_static_str(""),
        Some(Keep::Ids(pair)) => id_pair(pair.here, pair.there).into(),
        Some(Keep::Announcement(message)) => format!("-{message}").into(),
        Some(Keep::Search { ticket, message }) => format!("={ticket} {message}").into(),
    });
    args.push(ack.facts.len().to_string().into());
    args.extend(ack.facts.iter().map(|fact| Value::from(fact.to_json())));
}

/// A chat `user:bot` and its claim `entry ms epoch`.
fn claim(chat: &str, claim: &str) -> Option<(Claim, Epoch)> {
    let (user, bot) = chat.split_once(':')?;
    let mut parts = claim.split(' ');
    let claim = Claim {
        entry: entry_id(parts.next()?)?,
        user: user.parse().ok()?,
        bot: bot.parse().ok()?,
        at: Millis(parts.next()?.parse().ok()?),
    };
    Some((claim, Epoch(parts.next()?.parse().ok()?)))
}

/// By turns the place and `user:bot:language:sequence body` of new entries.
fn queued(mut parts: Parts) -> Option<Vec<Queued>> {
    let mut entries = Vec::with_capacity(parts.left() / 2);
    while let Some(id) = parts.text() {
        let text = parts.text()?;
        let (head, body) = text.split_once(' ')?;
        let mut head = head.split(':');
        let user = head.next()?.parse().ok()?;
        let bot = head.next()?.parse().ok()?;
        let code = head.next()?;
        // A language of a later version is answered in our default.
        let language = Language::ALL.into_iter().find(|language| language.code() == code).unwrap_or_default();
        let sequence = head.next()?.parse().ok()?;
        entries.push(Queued { id: entry_id(&id)?, user, bot, language, body: body.to_owned(), sequence });
    }
    Some(entries)
}

fn noted(value: Value) -> Option<Noted> {
    let (id, fields) = stream_entry(value)?;
    Some(Noted { id, body: fields.first()?.1.to_string() })
}

/// Users and the times they entered their state.
fn live_part(value: Value) -> Option<Vec<(i64, UserId)>> {
    let mut parts = Parts::of(value)?;
    let mut users = Vec::with_capacity(parts.left() / 2);
    while let Some(user) = parts.text() {
        users.push((parts.parsed()?, user.parse().ok()?));
    }
    Some(users)
}
