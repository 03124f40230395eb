//! Steps that carry a match out, end it, or undo it.

use fred::types::{Key, Value};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{PoolId, RoomId, UserId};
use hamdam_domain::outbox::Entry;
use hamdam_domain::session::Stub;
use hamdam_domain::ticket::Claimant;

use super::RedisState;
use super::link::misread;
use super::reply::Parts;
use super::script::Script;
use crate::error::Result;
use crate::step::matching::{End, Ended, Relay, Relayed, Released, Seat, Seated};

impl RedisState {
    /// The keys of a step that may end a room: those of the user, and the room's id map.
    fn room_keys(&self, user: UserId, room: RoomId) -> Vec<Key> {
        let mut keys = self.user_keys(user);
        keys.push(self.keys.ids(room, user));
        keys
    }

    /// Runs a script whose answer is one of a few numbers, `answers` in their order.
    pub(super) async fn one_of<T: Copy>(
        &self,
        script: &'static Script,
        keys: Vec<Key>,
        args: Vec<Value>,
        answers: &[T],
    ) -> Result<T> {
        let key = keys[0].clone();
        let answer = self.link.run(script, keys, args).await?;
        let chosen = answer.as_usize().and_then(|number| answers.get(number).copied());
        chosen.ok_or_else(|| misread(script, &key, "a number the script answers", &answer))
    }

    /// For how many seconds it is remembered whom somebody met.
    pub(super) fn remembered(&self) -> Value {
        self.not_again_for.as_secs().to_string().into()
    }

    pub(super) async fn relay_to(&self, relay: &Relay) -> Result<Relayed> {
        let mut keys = self.user_keys(relay.to);
        keys.truncate(6);
        let update = &relay.update;
        let args = vec![
            relay.to.0.into(),
            relay.room.0.into(),
            relay.from.0.into(),
            format!("r{}", update.queue.letter()).into(),
            update.id.0.into(),
            i64::from(update.era).into(),
            i64::from(relay.backlog_limit).into(),
            relay.entry.to_json().into(),
            relay.found.to_json().into(),
        ];
        let answers = [Relayed::Queued, Relayed::Duplicate, Relayed::NotInRoom, Relayed::Backlogged];
        self.one_of(&self.link.scripts.relay, keys, args, &answers).await
    }

    pub(super) async fn end_room(&self, end: &End) -> Result<Ended> {
        let since = end.unless_active_since.map(|since| since.0.div_euclid(1_000).to_string());
        let args = vec![
            end.user.0.into(),
            end.room.0.into(),
            end.notice.to_json().into(),
            end.fact.to_json().into(),
            since.unwrap_or_default().into(),
            Value::from_static_str(if end.unreachable { "1" } else { "" }),
            self.remembered(),
        ];
        let answers = [Ended::Ended, Ended::Returned, Ended::Elsewhere];
        self.one_of(&self.link.scripts.end, self.room_keys(end.user, end.room), args, &answers).await
    }

    pub(super) async fn hold_seat(&self, seat: &Seat) -> Result<Seated> {
        let mut keys = self.user_keys(seat.me.user);
        keys.truncate(6);
        self.one_of(&self.link.scripts.hold, keys, seat_args(seat), &SEATED).await
    }

    pub(super) async fn attach_seat(&self, seat: &Seat, found: &Entry, opened: &Fact) -> Result<Seated> {
        let mut args = seat_args(seat);
        args.extend([found.to_json().into(), opened.to_json().into()]);
        self.one_of(&self.link.scripts.attach, self.user_keys(seat.me.user), args, &SEATED).await
    }

    pub(super) async fn open_room(&self, user: UserId, room: RoomId, found: &Entry) -> Result<Seated> {
        let mut keys = self.user_keys(user);
        keys.truncate(6);
        let args = vec![user.0.into(), room.0.into(), found.to_json().into()];
        self.one_of(&self.link.scripts.open, keys, args, &SEATED).await
    }

    pub(super) async fn release_side(
        &self,
        room: RoomId,
        who: &Claimant,
        notice: &Entry,
        closed: &Fact,
    ) -> Result<Released> {
        let script = &self.link.scripts.release;
        let keys = self.room_keys(who.user, room);
        let key = keys[0].clone();
        let args = vec![
            who.user.0.into(),
            room.0.into(),
            who.ticket.to_string().into(),
            i64::from(who.attempt).into(),
            notice.to_json().into(),
            closed.to_json().into(),
            self.remembered(),
        ];
        let answer = self.link.run(script, keys, args).await?;
        let released = Parts::of(answer).and_then(|mut parts| match parts.number::<u8>()? {
            0 => Some(Released::Elsewhere),
            1 => Some(Released::Ended),
            2 => stub(parts).map(Released::Waiting),
            _ => None,
        });
        released.ok_or_else(|| misread(script, &key, "a readable ticket", &Value::Null))
    }

    pub(super) async fn bump_waiter(&self, who: &Claimant, pool: &PoolId) -> Result<Option<Stub>> {
        let script = &self.link.scripts.bump;
        let mut keys = self.user_keys(who.user);
        keys.truncate(6);
        let key = keys[0].clone();
        let args = vec![
            who.user.0.into(),
            who.ticket.to_string().into(),
            i64::from(who.attempt).into(),
            pool.0.clone().into(),
        ];
        match self.link.run(script, keys, args).await? {
            Value::Null => Ok(None),
            answer => match Parts::of(answer).and_then(stub) {
                Some(stub) => Ok(Some(stub)),
                None => Err(misread(script, &key, "a readable ticket", &Value::Null)),
            },
        }
    }
}

const SEATED: [Seated; 3] = [Seated::Done, Seated::Already, Seated::Refused];

fn seat_args(seat: &Seat) -> Vec<Value> {
    vec![
        seat.me.user.0.into(),
        seat.room.0.into(),
        seat.me.ticket.to_string().into(),
        i64::from(seat.me.attempt).into(),
        seat.partner.0.into(),
        seat.partner_ticket.update.0.into(),
        i64::from(seat.partner_era).into(),
        seat.across().map(|bot| bot.to_string()).unwrap_or_default().into(),
    ]
}

/// Ticket, attempt, pool, waiting since.
fn stub(mut parts: Parts) -> Option<Stub> {
    Some(Stub {
        ticket: parts.parsed()?,
        attempt: parts.number()?,
        pool: PoolId(parts.text()?.to_string()),
        waiting_since: Millis(parts.parsed()?),
    })
}
