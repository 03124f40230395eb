//! From the fields of a hash to a record, or to what has to be mended.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::Conduct;
use hamdam_domain::haste::{Brakes, Pace};
use hamdam_domain::id::{BotId, MessageId, UserId};
use hamdam_domain::mark::{Mark, Queue, Since};
use hamdam_domain::panel::Dialogue;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::{Announcement, Asked, Joined, LastRoom, NEW_FOR, Record};
use hamdam_domain::repeats::Repeats;
use hamdam_domain::session::Session;
use hamdam_domain::ticket::Met;
use hamdam_domain::wish::{Facts, Interests, Wants};

use super::super::told;
use super::fields::{
    announcement, asked, dialogue, floor, joined, last_room, mark, mark_name, profile, profile_text, since,
};
use super::session::StoredSession;
use super::{Field, Found, Healing, Mend};

/// Fields that go with a session.
const SESSION: [&[u8]; 15] =
    [b"s", b"t", b"n", b"o", b"z", b"y", b"l", b"e", b"g", b"rm", b"rc", b"rp", b"rs", b"rr", b"rb"];

/// Reads the fields of a hash. Who met before `not_again_for` may meet again.
pub(in super::super) fn read(fields: &[Field<'_>], now: Millis, not_again_for: Duration) -> Found {
    if fields.is_empty() {
        return Found::Nobody;
    }
    let mut reader = Reader { fields, ..Reader::default() };
    for field in fields {
        reader.field(*field, now, not_again_for);
    }
    reader.conclude(now)
}

/// Collects what fields say.
#[derive(Default)]
struct Reader<'a> {
    fields: &'a [Field<'a>],
    version: Option<u64>,
    stored: StoredSession<'a>,
    /// A field that only a room has was there.
    in_room: bool,
    since: Option<Since>,
    marks: Vec<(BotId, Queue, Mark)>,
    profile: Option<(Language, BotId)>,
    unreachable: bool,
    banned_until: Option<Millis>,
    facts: Option<Facts>,
    interests: Option<Interests>,
    wants: Option<Wants>,
    active_at: Millis,
    announcement: Option<Announcement>,
    search_notice: Option<MessageId>,
    across: Option<BotId>,
    dialogue: Option<Dialogue>,
    asked: Option<Asked>,
    forgotten: Option<Millis>,
    new_since: Option<Millis>,
    conduct: Conduct,
    pace: Option<Pace>,
    brakes: Brakes,
    repeats: Repeats,
    joined: Option<Joined>,
    premium_until: Option<Millis>,
    blocked: Vec<UserId>,
    recent: Vec<Met>,
    last_room: Option<LastRoom>,
    outlived: Vec<Mend>,
    unreadable: Vec<Mend>,
}

impl<'a> Reader<'a> {
    fn field(&mut self, (name, value): Field<'a>, now: Millis, not_again_for: Duration) {
        let text = std::str::from_utf8(value).ok();
        let readable = match name {
            b"v" => keep(&mut self.version, text.and_then(|text| text.parse().ok())),
            b"s" => keep(&mut self.stored.state, text),
            b"t" => keep(&mut self.stored.ticket, text),
            b"n" => keep(&mut self.stored.attempt, text),
            b"o" => keep(&mut self.stored.pool, text),
            b"z" => keep(&mut self.stored.waiting_since, text),
            b"g" => {
                self.in_room = true;
                text.and_then(floor).is_some()
            }
            b"rm" | b"rc" | b"rp" | b"rs" | b"rr" | b"rb" => {
                self.in_room = true;
                text.and_then(mark).is_some()
            }
            b"e" => {
                self.in_room = true;
                let kept = text.and_then(|text| text.parse().ok());
                self.announcement = kept.and_then(announcement);
                kept.is_some()
            }
            b"y" => keep(&mut self.search_notice, text.and_then(|text| text.parse().ok()).map(MessageId)),
            b"l" => {
                self.in_room = true;
                keep(&mut self.across, text.and_then(|text| text.parse().ok()))
            }
            b"j" => text.and_then(last_room).is_some_and(|last| self.left((name, value), last, now)),
            b"q" => keep(&mut self.dialogue, text.and_then(dialogue)),
            b"k" => keep(&mut self.asked, text.and_then(asked)),
            b"F" => keep(&mut self.forgotten, text.and_then(|text| text.parse().ok()).map(Millis)),
            b"h" => self.seen_first((name, value), now.before(NEW_FOR)),
            b"c" => self.behaved((name, value), text.and_then(Conduct::from_text), now),
            b"ca" => keep(&mut self.pace, text.and_then(Pace::from_text)),
            b"cb" => self.slowed((name, value), text.and_then(Brakes::from_text), now),
            b"ct" => self.spread((name, value), text.and_then(Repeats::from_text), now),
            b"cj" => self.joined((name, value), text.and_then(joined), now),
            b"$" => keep(&mut self.premium_until, text.and_then(|text| text.parse().ok()).map(Millis)),
            b"f" => keep(&mut self.since, text.and_then(since)),
            b"p" => keep(&mut self.profile, text.and_then(profile)),
            b"u" => {
                self.unreachable = value == b"1";
                self.unreachable
            }
            b"x" => {
                let banned_until = text.and_then(|text| text.parse().ok()).map(Millis);
                keep(&mut self.banned_until, banned_until)
            }
            b"d" => keep(&mut self.facts, text.and_then(told::facts)),
            b"i" => keep(&mut self.interests, text.and_then(told::interests)),
            b"w" => keep(&mut self.wants, text.and_then(told::wants)),
            b"a" => match text.and_then(|text| text.parse::<i64>().ok()) {
                Some(second) => {
                    self.active_at = Millis(second.saturating_mul(1_000));
                    true
                }
                None => false,
            },
            [b'm', rest @ ..] => match mark_name(rest) {
                Some((bot, queue)) => self.mark((name, value), bot, queue, now),
                None => true,
            },
            [b'b', rest @ ..] => {
                let user = std::str::from_utf8(rest).ok().and_then(|user| user.parse::<UserId>().ok());
                self.blocked.extend(user);
                true
            }
            [b'y', rest @ ..] => {
                let user = std::str::from_utf8(rest).ok().and_then(|user| user.parse::<UserId>().ok());
                user.is_none_or(|user| self.met((name, value), user, now.before(not_again_for)))
            }
            _ => true,
        };
        if !readable {
            self.unreadable.push(Mend { field: name.to_vec(), found: value.to_vec(), put: String::new() });
        }
    }

    fn mark(&mut self, (name, value): Field<'a>, bot: BotId, queue: Queue, now: Millis) -> bool {
        let Some(mark) = std::str::from_utf8(value).ok().and_then(mark) else { return false };
        if mark.counts(mark.era, now) {
            self.marks.push((bot, queue, mark));
        } else {
            self.outlived.push(Mend { field: name.to_vec(), found: value.to_vec(), put: String::new() });
        }
        true
    }

    fn met(&mut self, (name, value): Field<'a>, user: UserId, not_before: Millis) -> bool {
        let second = std::str::from_utf8(value).ok().and_then(|text| text.parse::<i64>().ok());
        let Some(at) = second.map(|second| Millis(second.saturating_mul(1_000))) else { return false };
        if at > not_before {
            self.recent.push(Met { user, at });
        } else {
            self.outlived.push(Mend { field: name.to_vec(), found: value.to_vec(), put: String::new() });
        }
        true
    }

    fn left(&mut self, (name, value): Field<'a>, last: LastRoom, now: Millis) -> bool {
        if last.ended_at > now.before(LastRoom::KEPT) {
            self.last_room = Some(last);
        } else {
            self.outlived.push(Mend { field: name.to_vec(), found: value.to_vec(), put: String::new() });
        }
        true
    }

    fn seen_first(&mut self, (name, value): Field<'a>, not_before: Millis) -> bool {
        let second = std::str::from_utf8(value).ok().and_then(|text| text.parse::<i64>().ok());
        let Some(at) = second.map(|second| Millis(second.saturating_mul(1_000))) else { return false };
        if at > not_before {
            self.new_since = Some(at);
        } else {
            self.outlived.push(Mend { field: name.to_vec(), found: value.to_vec(), put: String::new() });
        }
        true
    }

    fn behaved(&mut self, (name, value): Field<'a>, conduct: Option<Conduct>, now: Millis) -> bool {
        let Some(conduct) = conduct else { return false };
        if conduct.is_spent(now) {
            self.outlived.push(Mend { field: name.to_vec(), found: value.to_vec(), put: String::new() });
        } else {
            self.conduct = conduct;
        }
        true
    }

    fn spread(&mut self, (name, value): Field<'a>, repeats: Option<Repeats>, now: Millis) -> bool {
        let Some(repeats) = repeats else { return false };
        if repeats.are_forgotten(now) {
            self.outlived.push(Mend { field: name.to_vec(), found: value.to_vec(), put: String::new() });
        } else {
            self.repeats = repeats;
        }
        true
    }

    fn joined(&mut self, (name, value): Field<'a>, joined: Option<Joined>, now: Millis) -> bool {
        let Some(joined) = joined else { return false };
        if joined.until > now {
            self.joined = Some(joined);
        } else {
            self.outlived.push(Mend { field: name.to_vec(), found: value.to_vec(), put: String::new() });
        }
        true
    }

    fn slowed(&mut self, (name, value): Field<'a>, brakes: Option<Brakes>, now: Millis) -> bool {
        let Some(brakes) = brakes else { return false };
        if brakes.are_off(now) {
            self.outlived.push(Mend { field: name.to_vec(), found: value.to_vec(), put: String::new() });
        } else {
            self.brakes = brakes;
        }
        true
    }

    fn conclude(mut self, now: Millis) -> Found {
        let session = self.stored.read().filter(|session| self.in_room <= session.room().is_some());
        self.marks.sort_unstable_by_key(|(bot, queue, _)| (*bot, *queue));
        self.recent.sort_unstable_by_key(|met| (met.at, met.user));
        if let (Some(session), Some(version), Some((language, bot)), true) =
            (&session, self.version, self.profile, self.unreadable.is_empty())
        {
            let (unreachable, banned_until) = (self.unreachable, self.banned_until);
            let interests = self.interests.unwrap_or_default();
            let facts = Facts { interests, ..self.facts.unwrap_or_default() };
            let wants = self.wants.unwrap_or_default();
            let profile = Profile { language, bot, unreachable, banned_until, facts, wants };
            let record = Record {
                version,
                session: session.clone(),
                since: self.since,
                marks: self.marks,
                profile,
                blocked: self.blocked,
                recent: self.recent,
                last_room: self.last_room,
                active_at: self.active_at,
                announcement: self.announcement,
                search_notice: self.search_notice,
                across: self.across,
                dialogue: self.dialogue,
                asked: self.asked.filter(|asked| Some(asked.room) == session.room()),
                forgotten: self.forgotten,
                new_since: self.new_since,
                conduct: self.conduct,
                pace: self.pace,
                brakes: self.brakes,
                repeats: self.repeats,
                joined: self.joined,
                premium_until: self.premium_until,
            };
            return Found::Record { record, outlived: self.outlived };
        }
        let idles = session.is_none().then(|| self.counted_as());
        if session.is_none() {
            for name in SESSION {
                self.mend(name, String::new());
            }
        }
        if self.version.is_none() {
            // No counter of changes reaches a time, so whoever read the record before sees that it changed.
            self.mend(b"v", now.0.to_string());
        }
        if self.profile.is_none() {
            let last_bot = session.as_ref().and_then(Session::ticket).map(|ticket| ticket.bot);
            let last_bot = last_bot.or(self.since.map(|since| since.bot));
            let Some(bot) = last_bot.or(self.marks.first().map(|(bot, _, _)| *bot)) else {
                let idles = Some(self.counted_as());
                return Found::Rubbish(Healing { drop: true, idles, mends: Vec::new() });
            };
            self.mend(b"p", profile_text(Language::default(), bot));
        }
        Found::Rubbish(Healing { drop: false, idles, mends: self.unreadable })
    }

    /// Notes that a field becomes `put`; no field that is not there is removed.
    fn mend(&mut self, name: &[u8], put: String) {
        self.unreadable.retain(|mend| mend.field != name);
        let found = self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.to_vec());
        if found.is_some() || !put.is_empty() {
            self.unreadable.push(Mend { field: name.to_vec(), found: found.unwrap_or_default(), put });
        }
    }

    /// What a session that cannot be read counted as. Where its letter is lost, it is known by what else it kept.
    fn counted_as(&self) -> &'static str {
        match self.stored.state.and_then(|state| state.chars().next()) {
            Some('w' | 'h') => "w",
            Some('c') => "c",
            _ if self.stored.attempt.is_some() || self.stored.waiting_since.is_some() => "w",
            _ if self.in_room => "c",
            _ => "",
        }
    }
}

/// Keeps what was read; answers whether anything was.
fn keep<T>(place: &mut Option<T>, read: Option<T>) -> bool {
    *place = read;
    place.is_some()
}
