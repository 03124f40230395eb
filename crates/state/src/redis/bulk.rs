//! Steps of broadcasts.

use std::collections::HashMap;

use fred::interfaces::HashesInterface;
use fred::types::Value;
use hamdam_domain::broadcast::{BroadcastId, Course, Delivery, Order, Plan, Tally};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, Epoch, InstanceId, Shard, UserId};
use hamdam_domain::profile::Language;

use super::RedisState;
use super::keys;
use super::link::misread;
use super::pool::{holder_args, millis};
use super::reply::{Parts, entry_id, entry_name};
use crate::error::{Result, StateError};
use crate::step::bot::{Budget, Granted, SPARED_AGAIN, time_to_fill};
use crate::step::broadcast::{
    Addressee, Begun, Broadcast, BulkTurn, BulkTurned, KEPT, Part, Piece, PieceQueued,
};
use crate::step::{Fenced, Holder, TimeToLive};

impl RedisState {
    pub(super) async fn begin(&self, plan: &Plan, once: &str) -> Result<Begun> {
        let script = &self.link.scripts.begin_broadcast;
        let keys = vec![keys::board(), keys::broadcasts(), keys::wish(once)];
        let args = vec![plan.to_json().into(), i64::from(KEPT).into()];
        let answer = self.link.run(script, keys, args).await?;
        let begun = Parts::of(answer).and_then(|mut parts| {
            let (begun, number) = (parts.number::<i64>()?, BroadcastId(parts.number()?));
            Some(if begun == 1 { Begun::As(number) } else { Begun::Busy(number) })
        });
        begun.ok_or_else(|| misread(script, &keys::board(), "a broadcast's number", &Value::Null))
    }

    pub(super) async fn steer(&self, broadcast: BroadcastId, order: Order) -> Result<Option<Course>> {
        let script = &self.link.scripts.steer_broadcast;
        let args = vec![i64::from(broadcast.0).into(), Value::from_static_str(order.word())];
        let answer = self.link.run(script, vec![keys::board(), keys::broadcasts()], args).await?;
        if answer.is_null() {
            return Ok(None);
        }
        let course = answer.as_str().and_then(|word| Course::of_word(&word));
        course.map(Some).ok_or_else(|| misread(script, &keys::board(), "a course", &answer))
    }

    /// One command, without a script.
    pub(super) async fn read_broadcast(&self, broadcast: BroadcastId) -> Result<Option<Broadcast>> {
        let key = keys::broadcasts();
        let fields = ["plan", "course", "begun", "position", "all", "over"];
        let names: Vec<_> = fields.iter().map(|field| format!("{broadcast}:{field}")).collect();
        let stored = self.link.client().hmget::<Vec<Option<String>>, _, _>(key.clone(), names);
        let stored = self.link.single("broadcast", Some(&key), stored).await?;
        let [Some(plan), course, begun, position, all, over] = stored.as_slice() else { return Ok(None) };
        let corrupt = || StateError::Corrupt {
            key: key.as_str_lossy().into_owned(),
            wanted: "a broadcast",
            found: plan.chars().take(100).collect(),
        };
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<i64>().ok());
        Ok(Some(Broadcast {
            plan: Plan::from_json(plan).map_err(|_| corrupt())?,
            course: course.as_deref().and_then(Course::of_word).ok_or_else(corrupt)?,
            begun_at: Millis(number(begun).ok_or_else(corrupt)?),
            position: UserId(number(position).unwrap_or_default()),
            all_queued: all.is_some(),
            over_at: number(over).map(Millis),
        }))
    }

    pub(super) async fn take_broadcasts(&self, owner: &InstanceId, ttl: TimeToLive) -> Result<Option<Epoch>> {
        let script = &self.link.scripts.lead_broadcasts;
        self.take(script, keys::broadcasts_lease(), keys::broadcasts_epoch(), owner, ttl).await
    }

    pub(super) async fn return_broadcasts(&self, holder: &Holder) -> Result<()> {
        let script = &self.link.scripts.leave_broadcasts;
        self.link.run(script, vec![keys::broadcasts_lease()], holder_args(holder)).await.map(drop)
    }

    pub(super) async fn queue(&self, piece: &Piece) -> Result<PieceQueued> {
        let script = &self.link.scripts.queue_piece;
        let shard = self.keys.shard(piece.shard);
        let mut keys = vec![shard.bulk.clone(), shard.progress(piece.broadcast)];
        keys.extend(piece.users.iter().map(|addressee| self.keys.user(addressee.user)));
        let some = |value: Option<Value>| value.unwrap_or_else(|| Value::from_static_str(""));
        let mut args = vec![
            i64::from(piece.broadcast.0).into(),
            piece.up_to.0.into(),
            i64::from(piece.most_waiting).into(),
            some(piece.active_since.map(|since| (since.0 / 1_000).into())),
            some(piece.bot.map(|bot| bot.0.into())),
            some(piece.language.map(|language| Value::from_static_str(language.code()))),
        ];
        for Addressee { user, bot, language } in &piece.users {
            args.extend([user.0.into(), bot.0.into(), Value::from_static_str(language.code())]);
        }
        match self.link.run(script, keys, args).await?.as_i64() {
            Some(1) => Ok(PieceQueued::Done),
            Some(0) => Ok(PieceQueued::Later),
            _ => Err(misread(script, &shard.bulk, "0 or 1", &Value::Null)),
        }
    }

    pub(super) async fn advance(
        &self,
        broadcast: BroadcastId,
        holder: &Holder,
        position: UserId,
        all_queued: bool,
    ) -> Result<Fenced<()>> {
        let mut args = holder_args(holder);
        let all = Value::from_static_str(if all_queued { "1" } else { "" });
        args.extend([i64::from(broadcast.0).into(), position.0.into(), all]);
        let keys = vec![keys::broadcasts_lease(), keys::broadcasts()];
        let answer = self.link.run(&self.link.scripts.advance_broadcast, keys, args).await?;
        Ok(if answer.is_null() { Fenced::Lost } else { Fenced::Held(()) })
    }

    /// One command, without a script.
    pub(super) async fn tally_of(&self, shard: Shard, broadcast: BroadcastId) -> Result<Tally> {
        let key = self.keys.shard(shard).progress(broadcast);
        let stored = self.link.client().hgetall::<HashMap<String, String>, _>(key.clone());
        let stored = self.link.single("broadcast_tally", Some(&key), stored).await?;
        let of = |name: &str| stored.get(name).and_then(|text| text.parse().ok()).unwrap_or_default();
        let [sent, unreachable, failed, dropped] = Delivery::ALL.map(|delivery| of(delivery.word()));
        Ok(Tally { queued: of("queued"), sent, unreachable, failed, dropped })
    }

    pub(super) async fn conclude(&self, broadcast: BroadcastId, holder: &Holder) -> Result<Fenced<()>> {
        let mut args = holder_args(holder);
        args.push(i64::from(broadcast.0).into());
        let keys = vec![keys::broadcasts_lease(), keys::broadcasts(), keys::board()];
        let answer = self.link.run(&self.link.scripts.conclude_broadcast, keys, args).await?;
        Ok(if answer.is_null() { Fenced::Lost } else { Fenced::Held(()) })
    }

    pub(super) async fn take_bulk_turn(&self, turn: &BulkTurn) -> Result<Fenced<BulkTurned>> {
        let script = &self.link.scripts.bulk_turn;
        let shard = self.keys.shard(turn.shard);
        let mut keys =
            vec![shard.lease.clone(), shard.bulk.clone(), shard.bulk_claims.clone(), shard.out.clone()];
        keys.extend(turn.acks.iter().map(|ack| shard.progress(ack.broadcast)));
        let mut args = holder_args(&turn.holder);
        args.extend([
            millis(turn.ttl),
            entry_name(turn.after).into(),
            i64::from(turn.limit).into(),
            entry_name(turn.conversations).into(),
            turn.acks.len().to_string().into(),
        ]);
        for ack in &turn.acks {
            args.extend([entry_name(ack.id).into(), Value::from_static_str(ack.delivery.word())]);
        }
        args.extend(turn.claims.iter().map(|id| Value::from(entry_name(*id))));
        let answer = self.link.run(script, keys, args).await?;
        if answer.is_null() {
            return Ok(Fenced::Lost);
        }
        let turned = Parts::of(answer).and_then(|mut parts| {
            Some(BulkTurned {
                now: Millis(parts.number()?),
                conversations_first: parts.number::<i64>()? == 1,
                more: parts.number::<i64>()? == 1,
                claimed: parts.array()?.rest(|id| entry_id(&id.into_bytes_str()?))?,
                parts: read_parts(parts.array()?)?,
            })
        });
        turned.map(Fenced::Held).ok_or_else(|| misread(script, &shard.bulk, "parts", &Value::Null))
    }

    pub(super) async fn take_bulk_permits(
        &self,
        bot: BotId,
        want: u32,
        bulk: &Budget,
        budget: Option<&Budget>,
    ) -> Result<Granted> {
        let script = &self.link.scripts.bulk_permits;
        let key = keys::rate(bot);
        let mut args: Vec<Value> = vec![i64::from(want).into()];
        args.extend(match budget {
            Some(budget) => budget.args(),
            None => std::array::from_fn(|_| Value::from_static_str("")),
        });
        args.extend([bulk.per_second.to_string().into(), i64::from(bulk.burst).into()]);
        let answer = self.link.run(script, vec![key.clone()], args).await?;
        let granted = Parts::of(answer).and_then(|mut parts| {
            let (permits, missing, pause) = (parts.number()?, parts.number::<u32>()?, parts.number()?);
            let spared_none = parts.number::<i64>()? == 1;
            let again_in = match pause {
                0 if spared_none => SPARED_AGAIN,
                0 => time_to_fill(missing, bulk.per_second),
                ms => std::time::Duration::from_millis(ms),
            };
            Some(Granted { permits, wait: again_in, paused: pause > 0, per_second: bulk.per_second })
        });
        granted.ok_or_else(|| misread(script, &key, "permits and waits", &Value::Null))
    }

    pub(super) async fn cannot_reach(
        &self,
        user: UserId,
        bot: BotId,
        since: Millis,
        fact: &Fact,
    ) -> Result<()> {
        let once = self.keys.told(user, &format!("unreachable:{bot}"));
        let keys = vec![self.keys.user(user), self.keys.of(user).journal.clone(), once];
        let args = vec![bot.0.into(), (since.0.div_euclid(1_000)).into(), fact.to_json().into()];
        self.link.run(&self.link.scripts.unreachable, keys, args).await.map(drop)
    }
}

/// By turns the place, `user:bot:language broadcast` and the claim `ms epoch` of new parts.
fn read_parts(mut parts: Parts) -> Option<Vec<Part>> {
    let mut read = Vec::with_capacity(parts.left() / 3);
    while let Some(id) = parts.text() {
        let (text, claim) = (parts.text()?, parts.text()?);
        let (to, broadcast) = text.split_once(' ')?;
        let mut to = to.split(':');
        let (user, bot, code) = (to.next()?.parse().ok()?, to.next()?.parse().ok()?, to.next()?);
        // A language of a later version is answered in our default.
        let language = Language::ALL.into_iter().find(|language| language.code() == code).unwrap_or_default();
        let claimed = match claim.split_once(' ') {
            Some((at, epoch)) => Some((Millis(at.parse().ok()?), Epoch(epoch.parse().ok()?))),
            None => None,
        };
        let (id, broadcast) = (entry_id(&id)?, broadcast.parse().ok()?);
        read.push(Part { id, broadcast, to: Addressee { user, bot, language }, claimed });
    }
    Some(read)
}
