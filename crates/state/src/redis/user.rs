//! Steps on a user's own shard.

use bytes::Bytes;
use fred::bytes_utils::Str;
use fred::interfaces::{HashesInterface, ListInterface};
use fred::types::{Key, Value};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::haste::{Brakes, Counted};
use hamdam_domain::id::{MessageId, RoomId, UserId};
use hamdam_domain::outbox::Entry;
use hamdam_domain::panel::Asking;
use hamdam_domain::profile::Profile;
use hamdam_domain::record::Asked;
use hamdam_domain::session::Session;

use super::RedisState;
use super::link::misread;
use super::record::{self, Field, Found, Healing, Mend};
use super::reply::time;
use super::script::Script;
use super::told;
use crate::error::{Result, StateError};
use crate::step::sending::{IdPair, Known};
use crate::step::user::{Act, Acted, Arrival, Reading};

/// How often a record that changes under its healing is read again.
const HEALING_ATTEMPTS: u32 = 4;

impl RedisState {
    /// Keys 1 to 7 of every script on a user: user, outbox, backlog, asleep, count, live, journal.
    pub(super) fn user_keys(&self, user: UserId) -> Vec<Key> {
        let shard = self.keys.of(user);
        vec![
            self.keys.user(user),
            shard.out.clone(),
            shard.backlog.clone(),
            shard.asleep.clone(),
            shard.count.clone(),
            shard.live_of(user),
            shard.journal.clone(),
        ]
    }

    /// Reads a record with `arrive` or `read`, and heals it first if it must.
    pub(super) async fn reading(
        &self,
        script: &'static Script,
        user: UserId,
        arrival: Arrival,
    ) -> Result<Reading> {
        let (key, shard) = (self.keys.user(user), self.keys.of(user));
        let args = arrival_args(&arrival);
        let mut healed = false;
        for _ in 0..HEALING_ATTEMPTS {
            let keys = vec![key.clone(), shard.out.clone()];
            let answer = self.link.run(script, keys, args.clone()).await?;
            let text = answer.as_bytes().unwrap_or_default();
            let (fields, now) =
                split(text).ok_or_else(|| misread(script, &key, "fields, values and the time", &answer))?;
            match fields.as_deref().map(|fields| record::read(fields, now, self.not_again_for)) {
                Some(Found::Nobody) => return Ok(Reading { record: None, now, healed }),
                Some(Found::Record { record, outlived }) => {
                    if !outlived.is_empty() {
                        self.heal(user, &Healing { drop: false, idles: None, mends: outlived }).await?;
                    }
                    return Ok(Reading { record: Some(record), now, healed });
                }
                Some(Found::Rubbish(_)) | None => {}
            }
            // Rubbish may hold line ends too, so it is looked at again, field by field.
            match Box::pin(self.look_closely(&key, now)).await? {
                Found::Nobody => {}
                Found::Record { record, .. } => return Ok(Reading { record: Some(record), now, healed }),
                Found::Rubbish(healing) => healed |= self.heal(user, &healing).await?,
            }
        }
        Err(misread(script, &key, "a record that can be healed", &Value::Null))
    }

    async fn look_closely(&self, key: &Key, now: Millis) -> Result<Found> {
        let all = self.link.client().hgetall::<Vec<(Bytes, Bytes)>, _>(key.clone());
        match self.link.single("heal", Some(key), all).await {
            Ok(fields) => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (&name[..], &value[..])).collect();
                Ok(record::read(&fields, now, self.not_again_for))
            }
            // No hash at all is rubbish as a whole.
            Err(StateError::Corrupt { .. }) => {
                Ok(Found::Rubbish(Healing { drop: true, idles: Some(""), mends: Vec::new() }))
            }
            Err(error) => Err(error),
        }
    }

    /// Answers whether the record was still what was read, and is mended.
    async fn heal(&self, user: UserId, healing: &Healing) -> Result<bool> {
        let mut args: Vec<Value> = vec![
            user.0.into(),
            if healing.drop { "1" } else { "" }.into(),
            healing.idles.unwrap_or("-").into(),
        ];
        for Mend { field, found, put } in &healing.mends {
            let (field, found) = (Bytes::copy_from_slice(field), Bytes::copy_from_slice(found));
            args.extend([Value::Bytes(field), Value::Bytes(found), put.clone().into()]);
        }
        let answer = self.link.run(&self.link.scripts.heal, self.user_keys(user), args).await?;
        Ok(answer.as_i64() == Some(1))
    }

    pub(super) async fn enroll_user(
        &self,
        user: UserId,
        profile: &Profile,
        blocked: &[UserId],
        facts: &[Fact],
    ) -> Result<()> {
        let mut args: Vec<Value> = Vec::with_capacity(7 + blocked.len() + facts.len());
        args.extend(profile_args(Some(profile)));
        args.push(count(blocked));
        args.extend(blocked.iter().map(|user| Value::from(user.0)));
        args.extend(facts.iter().map(|fact| Value::from(fact.to_json())));
        let mut keys = self.user_keys(user);
        keys.push(self.keys.payments(user));
        self.link.run(&self.link.scripts.enroll, keys, args).await.map(drop)
    }

    pub(super) async fn act_on(&self, act: &Act) -> Result<Acted> {
        let mut keys = self.user_keys(act.user);
        // The facts say which room this act ends, and so whose id map is to go.
        keys.extend(closed_room(&act.facts).map(|room| self.keys.ids(room, act.user)));
        let update = &act.update;
        let mut args: Vec<Value> = Vec::with_capacity(25 + 2 * act.entries.len() + act.facts.len());
        args.extend([
            act.user.0.into(),
            act.expect.to_string().into(),
            record::mark_field(update.bot, update.queue).into(),
            update.id.0.into(),
            i64::from(update.era).into(),
            if act.begins { update.bot.0.to_string() } else { String::new() }.into(),
        ]);
        args.extend(session_args(act.session.as_ref()));
        args.extend(profile_args(act.profile.as_ref()));
        args.push(self.remembered());
        args.push(asking_arg(act.asks));
        args.push(act.blocks.map(|user| user.0.to_string()).unwrap_or_default().into());
        args.push(asked_arg(act.asked.as_ref()));
        args.push(brakes_arg(act.brakes.as_ref()));
        args.push(
            act.joined
                .as_ref()
                .map_or(Value::from_static_str("-"), |joined| record::joined_text(joined).into()),
        );
        args.push(count(&act.entries));
        for (bot, entry) in &act.entries {
            args.extend([bot.0.into(), entry.to_json().into()]);
        }
        args.extend(act.facts.iter().map(|fact| Value::from(fact.to_json())));
        let scripts = &self.link.scripts;
        let script = if act.grows { &scripts.act_growing } else { &scripts.act };
        let key = keys[0].clone();
        match self.link.run(script, keys, args).await?.as_i64() {
            Some(0) => Ok(Acted::Done),
            Some(1) => Ok(Acted::Duplicate),
            Some(2) => Ok(Acted::Changed),
            _ => Err(misread(script, &key, "0, 1 or 2", &Value::Null)),
        }
    }

    /// The newest is the likeliest, and wins if a message was sent twice.
    pub(super) async fn look_up(
        &self,
        user: UserId,
        room: RoomId,
        known: Known,
    ) -> Result<Option<MessageId>> {
        let pairs = self.id_pairs("lookup", user, room).await?;
        Ok(pairs.iter().rev().find_map(|pair| match known {
            Known::Here(id) => (id == pair.here).then_some(pair.there),
            Known::There(id) => (id == pair.there).then_some(pair.here),
        }))
    }

    /// One command, without a script.
    pub(super) async fn id_pairs(
        &self,
        step: &'static str,
        user: UserId,
        room: RoomId,
    ) -> Result<Vec<IdPair>> {
        let key = self.keys.ids(room, user);
        let all = self.link.client().lrange::<Vec<Str>, _>(key.clone(), 0, -1);
        let pairs = self.link.single(step, Some(&key), all).await?;
        let pair = |pair: &Str| {
            let (here, there) = pair.split_once(' ')?;
            Some(IdPair { room, here: MessageId(here.parse().ok()?), there: MessageId(there.parse().ok()?) })
        };
        Ok(pairs.iter().filter_map(pair).collect())
    }

    pub(super) async fn tell_user(&self, user: UserId, entry: &Entry, once: &str) -> Result<()> {
        let mut keys = self.user_keys(user);
        keys.truncate(4);
        keys.push(self.keys.told(user, once));
        let args = vec![user.0.into(), entry.to_json().into()];
        self.link.run(&self.link.scripts.tell, keys, args).await.map(drop)
    }
}

/// What was written, what is counted (update, drain and most of the bucket, hash of the text), and what may spread.
fn arrival_args(arrival: &Arrival) -> Vec<Value> {
    let Arrival { wrote, counted, spreads } = arrival;
    let empty = Value::from_static_str("");
    let wrote = wrote.map(|wrote| Value::from(format!("{}:{}", wrote.bot, wrote.message)));
    if counted.is_none() && spreads.is_none() {
        return wrote.into_iter().collect();
    }
    let counts: [Value; 4] = match counted {
        Some(Counted { bot, update, text, bucket }) => [
            format!("{bot}:{update}").into(),
            i64::from(bucket.drain()).into(),
            i64::from(bucket.most()).into(),
            text.map(|hash| hash.to_string()).unwrap_or_default().into(),
        ],
        None => std::array::from_fn(|_| empty.clone()),
    };
    let spreads = spreads.map(|hash| hash.to_text().into());
    std::iter::once(wrote.unwrap_or(empty)).chain(counts).chain(spreads).collect()
}

/// A pair in an id map: a message's id in this user's chat, and in its writer's.
pub(super) fn id_pair(here: MessageId, there: MessageId) -> String {
    format!("{here} {there}")
}

/// Splits the answer of `arrive` and `read` into fields and the time; no fields if they do not come in pairs.
fn split(text: &[u8]) -> Option<(Option<Vec<Field<'_>>>, Millis)> {
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let micros = std::str::from_utf8(lines.pop()?).ok()?;
    let seconds = std::str::from_utf8(lines.pop()?).ok()?;
    let now = time(seconds, micros)?;
    let (pairs, odd) = lines.as_chunks::<2>();
    let fields = odd.is_empty().then(|| pairs.iter().map(|[name, value]| (*name, *value)).collect());
    Some((fields, now))
}

/// The room that one of the facts closes.
pub(super) fn closed_room(facts: &[Fact]) -> Option<RoomId> {
    facts.iter().find_map(|fact| match fact {
        Fact::RoomClosed { room, .. } => Some(room.room),
        _ => None,
    })
}

pub(super) fn count<T>(list: &[T]) -> Value {
    list.len().to_string().into()
}

/// What becomes of the dialogue.
fn asking_arg(asks: Asking) -> Value {
    match asks {
        Asking::AsBefore => Value::from_static_str("-"),
        Asking::Nothing => Value::from_static_str(""),
        Asking::For(dialogue) => dialogue.letter().to_string().into(),
    }
}

/// What waits for a word whether it is to be sent.
fn asked_arg(asked: Option<&Asked>) -> Value {
    match asked {
        None => Value::from_static_str("-"),
        Some(asked) if asked.messages.is_empty() => Value::from_static_str(""),
        Some(asked) => record::asked_text(asked).into(),
    }
}

/// What slows the user down.
fn brakes_arg(brakes: Option<&Brakes>) -> Value {
    brakes.map_or(Value::from_static_str("-"), |brakes| brakes.to_text().into())
}

/// State, room, partner, ticket, attempt, pool, waiting since.
fn session_args(session: Option<&Session>) -> [Value; 7] {
    let mut args: [Value; 7] = std::array::from_fn(|_| Value::from_static_str(""));
    let Some(session) = session else {
        args[0] = Value::from_static_str("-");
        return args;
    };
    args[0] = Value::from_static_str(record::state_letter(session));
    if let Some(room) = session.room() {
        args[1] = room.0.into();
    }
    if let Some(partner) = session.partner() {
        args[2] = partner.0.into();
    }
    if let Some(ticket) = session.ticket() {
        args[3] = ticket.to_string().into();
    }
    if let Session::Waiting(stub) | Session::Held { stub, .. } = session {
        args[4] = i64::from(stub.attempt).into();
        args[5] = stub.pool.0.clone().into();
        args[6] = stub.waiting_since.0.into();
    }
    args
}

/// Profile, unreachable, banned until, facts, interests, wants.
pub(super) fn profile_args(profile: Option<&Profile>) -> [Value; 6] {
    let Some(profile) = profile else { return std::array::from_fn(|_| Value::from_static_str("")) };
    let [facts, interests, wants] = told::texts(&profile.facts, &profile.wants);
    [
        record::profile_text(profile.language, profile.bot).into(),
        Value::from_static_str(if profile.unreachable { "1" } else { "" }),
        profile.banned_until.map(|until| until.0.to_string()).unwrap_or_default().into(),
        facts.into(),
        interests.into(),
        wants.into(),
    ]
}
