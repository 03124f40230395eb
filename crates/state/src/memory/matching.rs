//! Steps that carry a match out, relay within it, end it, or undo it.

use std::collections::BTreeMap;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{PoolId, RoomId, UserId};
use hamdam_domain::mark::Mark;
use hamdam_domain::outbox::Entry;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::Claimant;

use super::parts::{Part, Parts};
use super::world::{RelayMarks, World};
use crate::step::matching::{End, Ended, Relay, Relayed, Released, Seat, Seated};

impl World {
    /// Answers what happened, and whether a sleeping sender is to be rung.
    pub(super) fn relay(&mut self, relay: &Relay, now: Millis) -> (Relayed, bool) {
        let Some(user) = self.users.get(&relay.to) else { return (Relayed::NotInRoom, false) };
        let here = user.session.room() == Some(relay.room) && user.session.partner() == Some(relay.from);
        let Some(marks) = user.relayed.as_ref().filter(|_| here) else { return (Relayed::NotInRoom, false) };
        if marks.cover(&relay.update, now) {
            return (Relayed::Duplicate, false);
        }
        let bot = user.bot();
        let backlog = self.shard(self.shard_of(relay.to)).backlog.get(&(relay.to, bot)).copied();
        if backlog.unwrap_or(0) >= relay.backlog_limit {
            return (Relayed::Backlogged, false);
        }
        let mut ring = false;
        if matches!(user.session, Session::Held { .. }) {
            ring |= self.let_in(relay.to, &relay.found, now);
        }
        let user = self.users.get_mut(&relay.to).expect("found above");
        let marks = user.relayed.as_mut().expect("found above; opening a room keeps its marks");
        marks.queues.insert(relay.update.queue, Mark::of(&relay.update, now));
        marks.sequence += 1;
        let sequence = marks.sequence;
        ring |= self.append(relay.to, bot, &relay.entry, sequence, now);
        (Relayed::Queued, ring)
    }

    /// Answers what happened, and whether a sleeping sender is to be rung.
    pub(super) fn end(&mut self, end: &End, now: Millis) -> (Ended, bool) {
        let parts = self.parts;
        let Some(user) = self.users.get_mut(&end.user) else { return (Ended::Elsewhere, false) };
        // Activity is kept in whole seconds: within the same second the doubt counts for the user.
        let active =
            end.unless_active_since.is_some_and(|since| user.active_at.0 >= since.0 - since.0 % 1_000);
        if user.session.room() != Some(end.room) || active {
            return (Ended::Elsewhere, false);
        }
        user.profile.unreachable |= end.unreachable;
        if let Session::Held { stub, .. } = &user.session {
            let stub = next_attempt(stub, parts);
            self.shift(end.user, Session::Waiting(stub), now);
            return (Ended::Returned, false);
        }
        (Ended::Ended, self.show_out(end.user, &end.notice, &end.fact, now))
    }

    pub(super) fn hold(&mut self, seat: &Seat, now: Millis) -> Seated {
        if !self.waits(seat) {
            return self.seated(seat.me.user, seat.room, true);
        }
        let Session::Waiting(stub) = self.users[&seat.me.user].session.clone() else {
            unreachable!("asked above")
        };
        let session = if self.parts.has(Part::Held) {
            Session::Held { room: seat.room, partner: seat.partner, stub }
        } else {
            Session::Chatting { room: seat.room, partner: seat.partner, ticket: stub.ticket }
        };
        self.sit_down(seat, session, now);
        Seated::Done
    }

    /// Answers what happened, and whether a sleeping sender is to be rung.
    pub(super) fn attach(
        &mut self,
        seat: &Seat,
        found: &Entry,
        opened: &Fact,
        now: Millis,
    ) -> (Seated, bool) {
        if !self.waits(seat) {
            return (self.seated(seat.me.user, seat.room, false), false);
        }
        let chatting = Session::Chatting { room: seat.room, partner: seat.partner, ticket: seat.me.ticket };
        self.sit_down(seat, chatting, now);
        self.note(seat.me.user, opened, now);
        (Seated::Done, self.announce(seat.me.user, seat.me.ticket.bot, found, now))
    }

    /// Answers what happened, and whether a sleeping sender is to be rung.
    pub(super) fn open(&mut self, id: UserId, room: RoomId, found: &Entry, now: Millis) -> (Seated, bool) {
        let held = |session: &Session| matches!(session, Session::Held { room: r, .. } if *r == room);
        if self.users.get(&id).is_some_and(|user| held(&user.session)) {
            return (Seated::Done, self.let_in(id, found, now));
        }
        if !self.parts.has(Part::Held) && self.seated(id, room, false) == Seated::Already {
            return (Seated::Already, self.announce_late(id, found, now));
        }
        (self.seated(id, room, false), false)
    }

    /// Answers what happened, and whether a sleeping sender is to be rung.
    pub(super) fn release(
        &mut self,
        room: RoomId,
        who: &Claimant,
        notice: &Entry,
        closed: &Fact,
        now: Millis,
    ) -> (Released, bool) {
        let parts = self.parts;
        let Some(user) = self.users.get(&who.user) else { return (Released::Elsewhere, false) };
        match &user.session {
            Session::Held { room: r, stub, .. } if *r == room => {
                let stub = next_attempt(stub, parts);
                self.shift(who.user, Session::Waiting(stub.clone()), now);
                (Released::Waiting(stub), false)
            }
            Session::Waiting(stub) if stub.ticket == who.ticket => {
                let next = if parts.has(Part::Attempt) { who.attempt + 1 } else { who.attempt };
                let stub = stub.clone();
                if stub.attempt == next {
                    return (Released::Waiting(stub), false);
                }
                if stub.attempt != who.attempt {
                    return (Released::Elsewhere, false);
                }
                let stub = next_attempt(&stub, parts);
                self.shift(who.user, Session::Waiting(stub.clone()), now);
                (Released::Waiting(stub), false)
            }
            Session::Chatting { room: r, .. } if *r == room => {
                (Released::Ended, self.show_out(who.user, notice, closed, now))
            }
            _ => (Released::Elsewhere, false),
        }
    }

    pub(super) fn bump(&mut self, who: &Claimant, pool: &PoolId, now: Millis) -> Option<Stub> {
        let Session::Waiting(stub) = &self.users.get(&who.user)?.session else { return None };
        if stub.ticket != who.ticket {
            return None;
        }
        if stub.attempt == who.attempt {
            let stub = Stub { attempt: who.attempt + 1, pool: pool.clone(), ..stub.clone() };
            self.shift(who.user, Session::Waiting(stub.clone()), now);
            return Some(stub);
        }
        (stub.attempt == who.attempt + 1 && stub.pool == *pool).then(|| stub.clone())
    }

    /// Whether the seat's user still waits by that ticket at that attempt and does not block the partner.
    fn waits(&self, seat: &Seat) -> bool {
        self.users.get(&seat.me.user).is_some_and(|user| {
            let here = matches!(&user.session, Session::Waiting(stub)
                if stub.ticket == seat.me.ticket && stub.attempt == seat.me.attempt);
            here && !user.blocked.contains(&seat.partner)
        })
    }

    fn seated(&self, id: UserId, room: RoomId, held_counts: bool) -> Seated {
        let session = self.users.get(&id).map(|user| &user.session);
        match session {
            Some(Session::Chatting { room: r, .. }) if *r == room => Seated::Already,
            Some(Session::Held { room: r, .. }) if *r == room && held_counts => Seated::Already,
            _ => Seated::Refused,
        }
    }

    /// Moves a waiter into the room and starts its relay marks at the partner's ticket.
    fn sit_down(&mut self, seat: &Seat, session: Session, now: Millis) {
        let floor = Mark { update: seat.partner_ticket.update, hour: now.hour(), era: seat.partner_era };
        let floor = self.parts.has(Part::Floor).then_some(floor);
        self.shift(seat.me.user, session, now);
        let user = self.users.get_mut(&seat.me.user).expect("moved above");
        user.relayed = Some(RelayMarks {
            room: seat.room,
            floor,
            queues: BTreeMap::new(),
            across: seat.across(),
            sequence: 0,
        });
    }

    /// `held(R) -> chatting(R)` with the notice that a partner was found.
    fn let_in(&mut self, id: UserId, found: &Entry, now: Millis) -> bool {
        let Session::Held { room, partner, stub } = self.users[&id].session.clone() else {
            unreachable!("only the held are let in")
        };
        self.shift(id, Session::Chatting { room, partner, ticket: stub.ticket }, now);
        self.announce(id, stub.ticket.bot, found, now)
    }

    /// Without [`Part::Held`], who was seated first is in the room before it is opened: tells them then, once.
    fn announce_late(&mut self, id: UserId, found: &Entry, now: Millis) -> bool {
        let body = found.to_json();
        let mut outbox = self.shard(self.shard_of(id)).outbox.values();
        let told = outbox.any(|stored| stored.user == id && stored.body == body);
        !told && self.append(id, self.users[&id].bot(), found, 0, now)
    }

    /// `chatting(R) -> idle` with its notice.
    fn show_out(&mut self, id: UserId, notice: &Entry, closed: &Fact, now: Millis) -> bool {
        let user = self.users.get_mut(&id).expect("only known users are shown out");
        user.dialogue = None;
        let bot = user.bot();
        self.shift(id, Session::Idle, now);
        self.note(id, closed, now);
        self.append(id, bot, notice, 0, now)
    }
}

fn next_attempt(stub: &Stub, parts: Parts) -> Stub {
    Stub { attempt: stub.attempt + u32::from(parts.has(Part::Attempt)), ..stub.clone() }
}
