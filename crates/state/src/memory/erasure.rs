//! Steps by which a user is forgotten.

use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::Conduct;
use hamdam_domain::haste::Brakes;
use hamdam_domain::id::{BotId, PoolId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Mark, Since};
use hamdam_domain::repeats::Repeats;
use hamdam_domain::safety::Report;
use hamdam_domain::session::Session;
use hamdam_domain::ticket::Claimant;

use super::world::World;
use crate::step::erasure::{Erase, Erased, Forget, SweptLetters};
use crate::step::pool::Change;
use crate::step::user::Acted;

impl World {
    /// Answers what happened, and whether a sleeping sender is to be rung.
    pub(super) fn forget(&mut self, forget: &Forget, now: Millis) -> (Acted, bool) {
        let Some(user) = self.users.get_mut(&forget.user) else { return (Acted::Changed, false) };
        let queue = (forget.update.bot, forget.update.queue);
        if user.marks.get(&queue).is_some_and(|mark| mark.covers(&forget.update, now)) {
            return (Acted::Duplicate, false);
        }
        if user.version != forget.expect {
            return (Acted::Changed, false);
        }
        self.shift(forget.user, Session::Idle, now);
        let user = self.users.get_mut(&forget.user).expect("only known users are moved");
        let mark = Mark::of(&forget.update, now);
        user.marks.insert(queue, mark);
        user.since = Some(Since { bot: forget.update.bot, mark });
        user.profile = forget.left.clone();
        user.forgotten = Some(forget.at);
        user.blocked.clear();
        user.recent.clear();
        user.last_room = None;
        user.dialogue = None;
        user.new_since = None;
        user.conduct = Conduct::default();
        user.pace = None;
        user.brakes = Brakes::default();
        user.repeats = Repeats::default();
        user.joined = None;
        self.payments.remove(&forget.user);
        let mut ring = false;
        for (bot, entry) in &forget.entries {
            ring |= self.append(forget.user, *bot, entry, 0, now);
        }
        for fact in &forget.facts {
            self.note(forget.user, fact, now);
        }
        (Acted::Done, ring)
    }

    pub(super) fn erase(&mut self, erase: &Erase) -> Erased {
        let Some(user) = self.users.get_mut(&erase.user) else { return Erased::Gone };
        if user.forgotten == Some(erase.at) {
            self.users.remove(&erase.user);
            self.posted.retain(|(chat, _), _| *chat != erase.user);
            return Erased::Gone;
        }
        if user.forgotten.is_none() && !erase.blocked_by.is_empty() {
            for other in &erase.blocked_by {
                if !user.blocked.contains(other) {
                    user.blocked.push(*other);
                }
            }
            user.version += 1;
        }
        Erased::Back
    }

    pub(super) fn drop_ids(&mut self, user: UserId, rooms: &[RoomId]) {
        if let Some(user) = self.users.get_mut(&user) {
            user.ids.retain(|room, _| !rooms.contains(room));
        }
    }

    pub(super) fn rename(&mut self, of: UserId, from: UserId, to: UserId) -> bool {
        let Some(user) = self.users.get_mut(&of) else { return false };
        let met = user.recent.iter().any(|met| met.user == from);
        let last = user.last_room.as_mut().filter(|last| last.partner == from);
        let blocked = user.blocked.contains(&from);
        if !met && last.is_none() && !blocked {
            return false;
        }
        user.recent.retain(|met| met.user != from);
        if let Some(last) = last {
            last.partner = to;
        }
        if blocked {
            user.blocked.retain(|other| *other != from && *other != to);
            user.blocked.push(to);
        }
        user.version += 1;
        true
    }

    pub(super) fn rewrite_case(&mut self, before: &Report, after: &Report) {
        if let Some(case) = self.cases.get_mut(&before.case()).filter(|case| case.report == *before) {
            case.report = after.clone();
        }
    }

    /// All in one page.
    pub(super) fn sweep_letters(&mut self, bot: BotId, about: UserId) -> SweptLetters {
        let id = about.to_string();
        let mut dropped = 0;
        if let Some(bot) = self.bots.get_mut(&bot) {
            let before = bot.letters.len();
            bot.letters.retain(|(_, letter)| !names(&letter.body, id.as_bytes()));
            dropped = u32::try_from(before - bot.letters.len()).unwrap_or(u32::MAX);
        }
        SweptLetters { dropped, next: None }
    }

    pub(super) fn pass_over(&mut self, pool: &PoolId, now: Millis) {
        let ticket = TicketId { bot: BotId::NONE, update: UpdateId(0) };
        let nobody = Claimant { user: UserId(0), ticket, attempt: 0 };
        self.pool_mut(pool).publish(Change::Removed(nobody), now);
    }
}

/// Whether the id stands in a text as a number of its own.
fn names(text: &[u8], id: &[u8]) -> bool {
    let digit = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_digit);
    let minus = |at: Option<usize>| at.and_then(|at| text.get(at)) == Some(&b'-');
    text.windows(id.len()).enumerate().any(|(at, part)| {
        let before = at.checked_sub(1);
        part == id && !digit(before) && !minus(before) && !digit(Some(at + id.len()))
    })
}
