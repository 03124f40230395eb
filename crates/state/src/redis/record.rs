//! A user's record as a hash.
//!
//! Every value is 64 bytes at most and there are few, so that Redis keeps the hash as a listpack: one block of memory
//! instead of a table. What is compared or replaced together stands in one field: each costs scripts time.
//!
//! | field | value |
//! |---|---|
//! | `v` | version |
//! | `s` | `w` waiting, `h room partner` held, `c room partner` chatting; not there while idle |
//! | `t` | ticket, `bot:update` (all but idle) |
//! | `n`, `o`, `z` | attempt, pool, waiting since (waiting and held) |
//! | `g` | where relay marks of the room begin, and messages relayed so far: `update hour era messages` |
//! | `r<queue>` | relay mark of a queue in the room: `update hour era` |
//! | `e` | what tells of the room: its entry while that is on its way, milliseconds and three digits of its sequence in one number; then `-` and the id of the message it became, until a message behind it comes in |
//! | `f` | since: `bot update hour era` |
//! | `m<bot><queue>` | mark: `update hour era` |
//! | `p`, `u`, `x` | profile: `language bot`; `1` if unreachable; banned until |
//! | `l` | the partner's bot, if it is another than one's own (held and chatting) |
//! | `y` | id of the message that tells of the search; only while waiting or held |
//! | `q` | what the next text answers, a letter; not there if nothing |
//! | `k` | room, and ids of the messages in it that wait for a word whether they are to be sent: `room message message` |
//! | `F` | millisecond since which they are forgotten; then nothing but `v`, `p`, `x`, `d`, `f`, `a` and marks is there |
//! | `h` | second in which they were seen for the first time; only while they count as new |
//! | `c` | how they behaved, see `domain::conduct`: `up down week complaint …`; not there if nothing counts |
//! | `ca` | how much they sent lately, see `domain::haste`: `level second bot:update hash`; not there of whoever takes their time |
//! | `cb` | what slows them down, see `domain::haste`: words `q` quiet until, `s` search from, `h` hurries and when; not there if nothing does |
//! | `ct` | what they wrote lately that could be advertising, see `domain::repeats`: hash, room, rooms and minute of each text; not there if nothing |
//! | `cj` | whether they are in the required channel, and the second until which that may be believed: `y` or `n` and the second |
//! | `$` | until when their payments give premium; not there without payments |
//! | `d`, `i`, `w` | facts, interests and wants of the profile, see `told`; not there where nothing was told |
//! | `j` | the room they were in last, its other user, and the second in which it ended: `room partner second` |
//! | `a` | second of the last update |
//! | `b<user>` | a block, empty |
//! | `y<user>` | the second in which their last room ended, for as long as the two are not to meet again |
//!
//! A field of another name belongs to another version of Hamdam, and is left alone.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::Conduct;
use hamdam_domain::haste::{Brakes, Pace};
use hamdam_domain::id::{BotId, MessageId, PoolId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Mark, Queue, Since};
use hamdam_domain::panel::Dialogue;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::{Announcement, Asked, Joined, LastRoom, NEW_FOR, Record};
use hamdam_domain::repeats::Repeats;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::Met;
use hamdam_domain::wish::{Facts, Interests, Wants};

use super::told;

/// A field's name and value, as bytes: rubbish need not be text.
pub(super) type Field<'a> = (&'a [u8], &'a [u8]);

/// What was found under a user's key.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly everything that is found is a record")]
pub(super) enum Found {
    /// Nothing.
    Nobody,
    /// A record. Marks and meetings that say nothing any more are not part of it, and can be removed.
    Record { record: Record, outlived: Vec<Mend> },
    /// Rubbish, and what is to be done about it.
    Rubbish(Healing),
}

/// What a healing changes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Healing {
    /// Nothing of the record can be kept.
    pub(super) drop: bool,
    /// If the session becomes idle: what it counted as so far (`w`, `c`, or empty if that cannot be told).
    pub(super) idles: Option<&'static str>,
    /// Fields.
    pub(super) mends: Vec<Mend>,
}

/// A field, what was found in it (nothing if it is missing), and what is put there (nothing to remove it).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mend {
    pub(super) field: Vec<u8>,
    pub(super) found: Vec<u8>,
    pub(super) put: String,
}

/// Fields that go with a session.
const SESSION: [&[u8]; 15] =
    [b"s", b"t", b"n", b"o", b"z", b"y", b"l", b"e", b"g", b"rm", b"rc", b"rp", b"rs", b"rr", b"rb"];

/// Reads the fields of a hash. Who met before `not_again_for` may meet again.
pub(super) fn read(fields: &[Field<'_>], now: Millis, not_again_for: Duration) -> Found {
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

/// The fields of a session.
#[derive(Clone, Copy, Default)]
pub(super) struct StoredSession<'a> {
    pub(super) state: Option<&'a str>,
    pub(super) ticket: Option<&'a str>,
    pub(super) attempt: Option<&'a str>,
    pub(super) pool: Option<&'a str>,
    pub(super) waiting_since: Option<&'a str>,
}

impl StoredSession<'_> {
    /// The session, if every field it needs can be read and, while idle, none is there.
    pub(super) fn read(&self) -> Option<Session> {
        let Some(state) = self.state else {
            let fields = [self.ticket, self.attempt, self.pool, self.waiting_since];
            return fields.iter().all(Option::is_none).then_some(Session::Idle);
        };
        let ticket: TicketId = self.ticket?.parse().ok()?;
        if state == "w" {
            return self.stub(ticket).map(Session::Waiting);
        }
        let mut parts = state.split(' ');
        let (letter, room, partner) =
            (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        match (letter, parts.next()) {
            ("h", None) => Some(Session::Held { room, partner, stub: self.stub(ticket)? }),
            ("c", None) => Some(Session::Chatting { room, partner, ticket }),
            _ => None,
        }
    }

    fn stub(&self, ticket: TicketId) -> Option<Stub> {
        let attempt = self.attempt?.parse().ok()?;
        let waiting_since = Millis(self.waiting_since?.parse().ok()?);
        Some(Stub { ticket, attempt, pool: PoolId(self.pool?.to_owned()), waiting_since })
    }
}

/// `update hour era`.
fn mark(text: &str) -> Option<Mark> {
    let mut parts = text.split(' ');
    let mark = Mark {
        update: UpdateId(parts.next()?.parse().ok()?),
        hour: parts.next()?.parse().ok()?,
        era: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(mark)
}

/// `update hour era messages`.
fn floor(text: &str) -> Option<(Mark, u32)> {
    let (floor, messages) = text.rsplit_once(' ')?;
    Some((mark(floor)?, messages.parse().ok()?))
}

/// What `e` says: nothing is kept, an entry is on its way, or it is a message.
fn announcement(kept: i64) -> Option<Announcement> {
    match kept {
        0 => None,
        1.. => Some(Announcement::Pending),
        ..0 => Some(Announcement::At(MessageId(kept.saturating_neg()))),
    }
}

/// `room partner second`.
fn last_room(text: &str) -> Option<LastRoom> {
    let mut parts = text.split(' ');
    let (room, partner) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let second: i64 = parts.next()?.parse().ok()?;
    let ended_at = Millis(second.saturating_mul(1_000));
    parts.next().is_none().then_some(LastRoom { room, partner, ended_at })
}

/// A letter.
fn dialogue(text: &str) -> Option<Dialogue> {
    let mut letters = text.chars();
    Dialogue::of_letter(letters.next()?).filter(|_| letters.next().is_none())
}

/// `room message message …`.
fn asked(text: &str) -> Option<Asked> {
    let (room, messages) = text.split_once(' ')?;
    let messages: Option<Vec<_>> = messages.split(' ').map(|id| id.parse().ok().map(MessageId)).collect();
    Some(Asked { room: room.parse().ok()?, messages: messages? })
}

/// What [`asked`] reads.
pub(super) fn asked_text(asked: &Asked) -> String {
    let ids = asked.messages.iter().map(|id| format!(" {id}"));
    std::iter::once(asked.room.to_string()).chain(ids).collect()
}

/// `y` or `n`, and a second.
fn joined(text: &str) -> Option<Joined> {
    let mut letters = text.chars();
    let member = match letters.next()? {
        'y' => true,
        'n' => false,
        _ => return None,
    };
    let until = Millis(letters.as_str().parse::<i64>().ok()?.checked_mul(1_000)?);
    Some(Joined { member, until })
}

/// What [`joined`] reads.
pub(super) fn joined_text(joined: &Joined) -> String {
    format!("{}{}", if joined.member { 'y' } else { 'n' }, joined.until.0 / 1_000)
}

/// `bot update hour era`.
fn since(text: &str) -> Option<Since> {
    let (bot, rest) = text.split_once(' ')?;
    Some(Since { bot: bot.parse().ok()?, mark: mark(rest)? })
}

/// `language bot`.
fn profile(text: &str) -> Option<(Language, BotId)> {
    let (code, bot) = text.split_once(' ')?;
    // Another version may speak more languages than this one.
    let is_code = code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_lowercase());
    Some((is_code.then(|| Language::of_tag(code))?, bot.parse().ok()?))
}

pub(super) fn profile_text(language: Language, bot: BotId) -> String {
    format!("{} {bot}", language.code())
}

/// The field of a queue's mark.
pub(super) fn mark_field(bot: BotId, queue: Queue) -> String {
    format!("m{bot}{}", queue.letter())
}

/// What [`mark_field`] made, without its first letter.
fn mark_name(rest: &[u8]) -> Option<(BotId, Queue)> {
    let (letter, bot) = rest.split_last()?;
    Some((std::str::from_utf8(bot).ok()?.parse().ok()?, Queue::from_letter(char::from(*letter))?))
}

/// The letter `s` begins with; empty while idle.
pub(super) fn state_letter(session: &Session) -> &'static str {
    match session {
        Session::Idle => "",
        Session::Waiting(_) => "w",
        Session::Held { .. } => "h",
        Session::Chatting { .. } => "c",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_764_000_000_000);
    const DAY: Duration = Duration::from_hours(24);

    fn read_texts(list: &[(&str, &str)]) -> Found {
        let fields: Vec<Field<'_>> = list.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())).collect();
        read(&fields, NOW, DAY)
    }

    /// A chatting record; the hour of `NOW` is 490,000.
    fn chatting() -> Vec<(&'static str, &'static str)> {
        vec![
            ("v", "7"),
            ("p", "fa 11"),
            ("a", "1764000000"),
            ("s", "c 9007199254740993 5"),
            ("t", "11:100"),
            ("e", "1764000000000003"),
            ("l", "12"),
            ("g", "90 490000 0 12"),
            ("rm", "120 490000 0"),
            ("f", "11 100 490000 0"),
            ("m11m", "100 490000 0"),
            ("q", "a"),
            ("j", "9007199254740995 8 1763999000"),
            ("k", "9007199254740993 41 42"),
            ("h", "1763999000"),
            ("c", "3 1 2916 0b1714fc0"),
            ("ca", "2000 1764000000 11:100 7"),
            ("cb", "q1764000009 h2,1764000000"),
            ("ct", "0000070123429bc0"),
            ("cj", "y1764000060"),
            ("$", "1766591000000"),
            ("d", "gf a30"),
            ("i", "5 9"),
            ("w", "gm a25-40"),
            ("b77", ""),
            ("y5", "1764000000"),
            ("y4", "1763990000"),
            ("zz", "of a later version"),
        ]
    }

    fn healing(found: Found) -> Healing {
        match found {
            Found::Rubbish(healing) => healing,
            other => panic!("not rubbish: {other:?}"),
        }
    }

    #[test]
    fn a_record_is_read_and_unknown_fields_are_left_alone() {
        let Found::Record { record, outlived } = read_texts(&chatting()) else { panic!("no record") };
        assert_eq!(record.session.name(), "chatting");
        assert_eq!(record.session.room().unwrap().0, 9_007_199_254_740_993, "beyond 2^53");
        assert_eq!(record.across, Some(BotId(12)));
        assert_eq!(record.blocked, [UserId(77)]);
        assert_eq!(record.profile.facts.age.map(u8::from), Some(30));
        assert_eq!(record.profile.facts.interests.iter().count(), 2);
        assert_eq!(record.profile.wants.ages.to().years(), 40);
        assert_eq!(record.marks.len(), 1);
        assert_eq!(record.recent.iter().map(|met| met.user.0).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(record.asked.unwrap().messages, [MessageId(41), MessageId(42)]);
        assert_eq!(record.new_since, Some(Millis(1_763_999_000_000)));
        assert_eq!((record.conduct.ratings(NOW).up, record.conduct.weight(NOW, DAY)), (3, 1));
        assert_eq!(record.premium_until, Some(Millis(1_766_591_000_000)));
        assert!(outlived.is_empty());
    }

    #[test]
    fn what_was_asked_in_another_room_and_the_day_before_yesterday_is_no_part_of_the_record() {
        let changed = chatting().into_iter().map(|(name, value)| match name {
            "k" => (name, "55 41"),
            "h" => (name, "1763900000"),
            _ => (name, value),
        });
        let Found::Record { record, outlived } = read_texts(&changed.collect::<Vec<_>>()) else {
            panic!("no record")
        };
        assert_eq!((record.asked, record.new_since), (None, None));
        assert_eq!(outlived.iter().map(|mend| &mend.field[..]).collect::<Vec<_>>(), [b"h"]);
    }

    #[test]
    fn as_much_as_can_be_asked_fits() {
        let messages = vec![MessageId(i64::from(i32::MAX)); Asked::MOST];
        let most = Asked { room: hamdam_domain::id::RoomId(i64::MAX), messages };
        let text = asked_text(&most);
        assert!(text.len() <= 64, "{text}");
        assert_eq!(asked(&text), Some(most));
    }

    #[test]
    fn what_tells_of_the_room_is_on_its_way_or_a_message() {
        let kept = [
            ("1764000000000003", Some(Announcement::Pending)),
            ("-1912345678", Some(Announcement::At(MessageId(1_912_345_678)))),
            ("0", None),
        ];
        for (value, announcement) in kept {
            let list: Vec<_> =
                chatting().into_iter().map(|(n, v)| (n, if n == "e" { value } else { v })).collect();
            let Found::Record { record, .. } = read_texts(&list) else { panic!("no record") };
            assert_eq!(record.announcement, announcement);
        }
    }

    #[test]
    fn a_mark_of_three_days_ago_is_no_part_of_the_record() {
        let mut list = chatting();
        list.push(("m11c", "90 489900 0"));
        let Found::Record { record, outlived } = read_texts(&list) else { panic!("no record") };
        assert_eq!((record.marks.len(), outlived.len()), (1, 1));
    }

    #[test]
    fn a_meeting_of_the_day_before_yesterday_is_no_part_of_the_record() {
        let mut list = chatting();
        list.push(("y6", "1763900000"));
        let Found::Record { record, outlived } = read_texts(&list) else { panic!("no record") };
        assert_eq!((record.recent.len(), outlived.len()), (2, 1));
        assert_eq!(outlived[0].field, b"y6");
    }

    #[test]
    fn conduct_that_counts_no_more_is_no_part_of_the_record() {
        let list: Vec<_> = chatting()
            .into_iter()
            .map(|(n, v)| (n, if n == "c" { "3 1 2900 0b1714f00" } else { v }))
            .collect();
        let Found::Record { record, outlived } = read_texts(&list) else { panic!("no record") };
        assert_eq!((record.conduct, &*outlived[0].field), (Conduct::default(), &b"c"[..]));
    }

    #[test]
    fn the_last_room_is_spoken_of_for_an_hour() {
        let with = |value: &'static str| -> Vec<_> {
            chatting().into_iter().map(|(n, v)| (n, if n == "j" { value } else { v })).collect()
        };
        let Found::Record { record, .. } = read_texts(&chatting()) else { panic!("no record") };
        let last = record.last_room.unwrap();
        assert_eq!((last.room.0, last.partner), (9_007_199_254_740_995, UserId(8)));
        let Found::Record { record, outlived } = read_texts(&with("5 8 1763990000")) else {
            panic!("no record")
        };
        assert_eq!((record.last_room, &*outlived[0].field), (None, &b"j"[..]));
    }

    #[test]
    fn each_unreadable_field_alone_is_mended() {
        for (name, _) in chatting().into_iter().filter(|(name, _)| !["zz", "b77"].contains(name)) {
            let list: Vec<_> =
                chatting().into_iter().map(|(n, v)| if n == name { (n, "\u{1}?") } else { (n, v) }).collect();
            let healing = healing(read_texts(&list));
            assert!(!healing.drop, "{name}");
            let in_session = ["s", "t"].contains(&name);
            assert_eq!(healing.idles, in_session.then_some("c"), "{name}");
            assert!(matches!(read_texts(&mended(&list, &healing)), Found::Record { .. }), "{name}");
        }
    }

    /// What `heal.lua` leaves.
    fn mended<'a>(list: &[(&'a str, &'a str)], healing: &'a Healing) -> Vec<(&'a str, &'a str)> {
        let of = |name: &str| healing.mends.iter().find(|mend| mend.field == name.as_bytes());
        let kept = list.iter().copied().filter(|(name, _)| of(name).is_none());
        let put = healing.mends.iter().filter(|mend| !mend.put.is_empty());
        kept.chain(put.map(|mend| (std::str::from_utf8(&mend.field).unwrap(), mend.put.as_str()))).collect()
    }

    #[test]
    fn a_state_without_its_fields_and_fields_without_a_state_are_rubbish() {
        let without = |gone: &[&str]| -> Vec<_> {
            chatting().into_iter().filter(|(name, _)| !gone.contains(name)).collect()
        };
        assert_eq!(healing(read_texts(&without(&["s"]))).idles, Some("c"));
        assert_eq!(healing(read_texts(&without(&["t"]))).idles, Some("c"));
        assert_eq!(healing(read_texts(&without(&["s", "t"]))).idles, Some("c"), "marks of no room");
        assert!(matches!(read_texts(&without(&["s", "t", "e", "l", "g", "rm"])), Found::Record { .. }));
    }

    #[test]
    fn a_missing_version_or_profile_is_put_back() {
        for name in ["v", "p"] {
            let list: Vec<_> = chatting().into_iter().filter(|(n, _)| *n != name).collect();
            let healing = healing(read_texts(&list));
            assert_eq!(healing.idles, None);
            assert!(matches!(read_texts(&mended(&list, &healing)), Found::Record { .. }), "{name}");
        }
    }

    #[test]
    fn a_record_without_any_bot_is_dropped() {
        let healing = healing(read_texts(&[("what", "ever")]));
        assert!(healing.drop);
    }
}
