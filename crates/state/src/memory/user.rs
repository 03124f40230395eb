//! Steps on a user's own shard.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, MessageId, RoomId, UserId};
use hamdam_domain::mark::{Mark, Since};
use hamdam_domain::outbox::Entry;
use hamdam_domain::panel::Asking;
use hamdam_domain::profile::Profile;
use hamdam_domain::session::Session;

use super::parts::Part;
use super::world::{User, World};
use crate::step::sending::{IdPair, Known};
use crate::step::user::{Act, Acted, Look, Reading, Seen, Wrote};

/// How long an explanation's name is remembered.
const TOLD_KEPT: Duration = Duration::from_hours(1);

impl World {
    pub(super) fn arrive(&mut self, id: UserId, wrote: Option<Wrote>, now: Millis) -> Reading {
        if let Some(user) = self.users.get_mut(&id) {
            user.active_at = now.whole_seconds();
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
        let record =
            self.users.get(&id).map(|user| user.record(self.announcement(id, user), self.not_before(now)));
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
        if self.users.contains_key(&id) {
            return;
        }
        let user = User {
            version: 1,
            session: Session::Idle,
            entered_at: now,
            since: None,
            marks: std::collections::BTreeMap::new(),
            profile: profile.clone(),
            blocked: blocked.to_vec(),
            recent: Vec::new(),
            active_at: now.whole_seconds(),
            found: None,
            search_notice: None,
            dialogue: None,
            relayed: None,
            ids: std::collections::BTreeMap::new(),
            told: std::collections::BTreeMap::new(),
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
        match act.asks {
            Asking::AsBefore => {}
            Asking::Nothing => user.dialogue = None,
            Asking::For(dialogue) => user.dialogue = Some(dialogue),
        }
        if let Some(session) = &act.session {
            self.shift(act.user, session.clone(), now);
        } else if act.begins || act.profile.is_some() || act.asks != Asking::AsBefore {
            user.version += 1;
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

    pub(super) fn ids(&self, id: UserId, room: RoomId, now: Millis) -> Vec<IdPair> {
        let ids = self.users.get(&id).and_then(|user| user.ids.get(&room));
        let kept = ids.filter(|ids| ids.until.is_none_or(|until| until > now));
        let pairs = kept.into_iter().flat_map(|ids| &ids.pairs);
        pairs.map(|(here, there)| IdPair { room, here: *here, there: *there }).collect()
    }

    pub(super) fn lookup(&self, id: UserId, room: RoomId, known: Known, now: Millis) -> Option<MessageId> {
        let ids = self.users.get(&id)?.ids.get(&room)?;
        if ids.until.is_some_and(|until| until <= now) {
            return None;
        }
        let found = |&&(here, there): &&(MessageId, MessageId)| match known {
            Known::Here(id) => id == here,
            Known::There(id) => id == there,
        };
        let (here, there) = ids.pairs.iter().rev().find(found)?;
        Some(match known {
            Known::Here(_) => *there,
            Known::There(_) => *here,
        })
    }

    /// Answers whether a sleeping sender is to be rung.
    pub(super) fn tell(
        &mut self,
        id: UserId,
        bot: Option<BotId>,
        entry: &Entry,
        once: &str,
        now: Millis,
    ) -> bool {
        let Some(user) = self.users.get_mut(&id) else { return false };
        if user.told.get(once).is_some_and(|until| *until > now) {
            return false;
        }
        user.told.insert(once.to_owned(), now.after(TOLD_KEPT));
        let bot = bot.unwrap_or_else(|| user.bot());
        self.append(id, bot, entry, 0, now)
    }
}
