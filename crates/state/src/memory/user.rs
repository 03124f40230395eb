//! Steps on a user's own shard.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::haste::{Brakes, Pace};
use hamdam_domain::id::{MessageId, RoomId, UserId};
use hamdam_domain::mark::{Mark, Since};
use hamdam_domain::outbox::Entry;
use hamdam_domain::panel::Asking;
use hamdam_domain::profile::Profile;
use hamdam_domain::session::Session;

use super::parts::Part;
use super::world::{User, World};
use crate::step::sending::{IdPair, Known};
use crate::step::user::{Act, Acted, Arrival, Look, Reading, Seen, Wrote};

/// How long an explanation's name is remembered.
pub(super) const TOLD_KEPT: Duration = Duration::from_hours(1);

impl World {
    pub(super) fn arrive(&mut self, id: UserId, arrival: Arrival, now: Millis) -> Reading {
        let Arrival { wrote, counted, spreads } = arrival;
        if let Some(user) = self.users.get_mut(&id) {
            let second = now.whole_seconds();
            let lively = second.0 - user.active_at.0 <= 1_000;
            if let Some(counted) = counted.filter(|_| lively || user.pace.is_some()) {
                user.pace = Pace::after(user.pace, lively, &counted, second.0 / 1_000);
            }
            user.active_at = second;
            if let (Some(text), Session::Chatting { room, .. }) = (spreads, &user.session) {
                user.repeats.said(text, *room, now);
            }
            let (found, bot) = (user.found, user.bot());
            let behind =
                |wrote: &Wrote| wrote.bot == bot && found.is_some_and(|found| found.precedes(wrote.message));
            if wrote.as_ref().is_some_and(behind) {
                user.found = None;
            }
        }
        self.read(id, now)
    }

    pub(super) fn read(&self, id: UserId, now: Millis) -> Reading {
        let record = self.users.get(&id).map(|user| {
            user.record(self.announcement(id, user), self.premium_until(id), self.not_before(now), now)
        });
        Reading { record, now, healed: false }
    }

    pub(super) fn look(&self, users: &[UserId], now: Millis) -> Look {
        let seen = |user: &User| Seen { session: user.session.clone(), active_at: user.active_at };
        Look { seen: users.iter().map(|id| self.users.get(id).map(seen)).collect(), now }
    }

    pub(super) fn enroll(
        &mut self,
        id: UserId,
        profile: &Profile,
        blocked: &[UserId],
        facts: &[Fact],
        now: Millis,
    ) {
        let known = self.users.get(&id);
        if known.is_some_and(|known| known.forgotten.is_none() || known.session != Session::Idle) {
            return;
        }
        // Who was forgotten begins anew, with the marks of before.
        let (version, since) = known.map_or((1, None), |known| (known.version + 1, known.since));
        let user = User {
            version,
            session: Session::Idle,
            entered_at: now,
            since,
            marks: known.map(|known| known.marks.clone()).unwrap_or_default(),
            profile: profile.clone(),
            blocked: blocked.to_vec(),
            recent: Vec::new(),
            last_room: None,
            active_at: now.whole_seconds(),
            found: None,
            search_notice: None,
            dialogue: None,
            asked: None,
            forgotten: None,
            new_since: (!facts.is_empty()).then_some(now.whole_seconds()),
            conduct: hamdam_domain::conduct::Conduct::default(),
            pace: None,
            joined: None,
            brakes: Brakes::default(),
            repeats: hamdam_domain::repeats::Repeats::default(),
            relayed: None,
            ids: known.map(|known| known.ids.clone()).unwrap_or_default(),
            told: known.map(|known| known.told.clone()).unwrap_or_default(),
        };
        self.users.insert(id, user);
        for fact in facts {
            self.note(id, fact, now);
        }
    }

    /// Answers what happened, and whether a sleeping sender is to be rung.
    pub(super) fn act(&mut self, act: &Act, now: Millis) -> (Acted, bool) {
        let parts = self.parts;
        let Some(user) = self.users.get_mut(&act.user) else { return (Acted::Changed, false) };
        let queue = (act.update.bot, act.update.queue);
        if user.marks.get(&queue).is_some_and(|mark| mark.covers(&act.update, now)) {
            return (Acted::Duplicate, false);
        }
        if user.version != act.expect {
            return (Acted::Changed, false);
        }
        let mark = Mark::of(&act.update, now);
        let moves = act.session.is_some();
        if !moves || parts.has(Part::Mark) {
            user.marks.insert(queue, mark);
        }
        user.marks.retain(|_, mark| mark.counts(mark.era, now));
        if act.begins && parts.has(Part::Since) {
            user.since = Some(Since { bot: act.update.bot, mark });
        }
        if let Some(profile) = &act.profile {
            user.profile = profile.clone();
        }
        if let Some(other) = act.blocks.filter(|other| !user.blocked.contains(other)) {
            user.blocked.push(other);
        }
        user.joined = act.joined.or(user.joined);
        if let Some(brakes) = act.brakes {
            user.brakes = brakes;
        }
        match act.asks {
            Asking::AsBefore => {}
            Asking::Nothing => user.dialogue = None,
            Asking::For(dialogue) => user.dialogue = Some(dialogue),
        }
        if let Some(session) = &act.session {
            self.shift(act.user, session.clone(), now);
        } else if act.begins
            || act.profile.is_some()
            || act.blocks.is_some()
            || act.asks != Asking::AsBefore
            || act.asked.is_some()
            || act.brakes.is_some()
        {
            user.version += 1;
        }
        if let Some(asked) = &act.asked {
            let user = self.users.get_mut(&act.user).expect("only known users act");
            user.asked = Some(asked.clone()).filter(|asked| !asked.messages.is_empty());
        }
        let mut ring = false;
        for (bot, entry) in &act.entries {
            ring |= self.append(act.user, *bot, entry, 0, now);
        }
        for fact in &act.facts {
            self.note(act.user, fact, now);
        }
        (Acted::Done, ring)
    }

    pub(super) fn lookup(&self, id: UserId, room: RoomId, known: Known, now: Millis) -> Option<MessageId> {
        self.id_pairs(id, room, now).iter().rev().find_map(|pair| match known {
            Known::Here(id) => (id == pair.here).then_some(pair.there),
            Known::There(id) => (id == pair.there).then_some(pair.here),
        })
    }

    pub(super) fn id_pairs(&self, id: UserId, room: RoomId, now: Millis) -> Vec<IdPair> {
        let ids = self.users.get(&id).and_then(|user| user.ids.get(&room));
        let kept = ids.filter(|ids| ids.until.is_none_or(|until| until > now));
        let pairs = kept.into_iter().flat_map(|ids| &ids.pairs);
        pairs.map(|(here, there)| IdPair { room, here: *here, there: *there }).collect()
    }

    /// Answers whether a sleeping sender is to be rung.
    pub(super) fn tell(&mut self, id: UserId, entry: &Entry, once: &str, now: Millis) -> bool {
        let Some(user) = self.users.get_mut(&id) else { return false };
        if user.told.get(once).is_some_and(|until| *until > now) {
            return false;
        }
        user.told.insert(once.to_owned(), now.after(TOLD_KEPT));
        let bot = user.bot();
        self.append(id, bot, entry, 0, now)
    }
}
