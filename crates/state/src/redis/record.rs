//! A user's record as a hash.
//!
//! Every value is 64 bytes at most and there are few, so that Redis keeps the hash as a listpack: one block of memory
//! instead of a table. Numbers stand alone where they can, because a listpack packs those.
//!
//! | field | value |
//! |---|---|
//! | `v` | version |
//! | `s` | `w` waiting, `h` held, `c` chatting; not there while idle |
//! | `t` | ticket, `bot:update` (all but idle) |
//! | `n`, `o`, `z` | attempt, pool, waiting since (waiting and held) |
//! | `r`, `w` | room, partner (held and chatting) |
//! | `g` | where relay marks of the room begin: `update hour era` of the partner's ticket |
//! | `r<queue>`, `k` | relay mark of a queue in the room: `update hour era`; messages relayed so far |
//! | `f` | since: `bot update hour era` |
//! | `m<bot><queue>` | mark: `update hour era` |
//! | `p`, `u`, `x` | profile: `language bot`; `1` if unreachable; banned until |
//! | `a` | second of the last update |
//! | `b<user>` | a block, empty |
//!
//! A field of another name belongs to another version of Hamdam, and is left alone.

use std::str::FromStr;

use fred::bytes_utils::Str;
use fred::types::Value;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, PoolId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Mark, Queue, Since};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::Record;
use hamdam_domain::session::{Session, Stub};

/// What was found under a user's key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing.
    Nobody,
    /// A record. Marks that say nothing any more are not part of it, and can be removed.
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

/// A field, what was found in it, and what is put there; empty removes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mend {
    pub(super) field: Value,
    pub(super) found: Value,
    pub(super) put: String,
}

/// Fields that make up a session.
const SESSION: [&str; 15] = ["s", "r", "w", "t", "n", "o", "z", "g", "k", "rm", "rc", "rp", "rs", "rr", "rb"];

/// Reads the fields of a hash.
pub(super) fn read(fields: Vec<(Value, Value)>, now: Millis) -> Found {
    if fields.is_empty() {
        return Found::Nobody;
    }
    let mut reader = Reader { fields, mends: Vec::new() };
    let outlived = reader.outlived(now);
    let (session, idles) = reader.session();
    let version = reader.field("v", |text| text.parse().ok());
    let since = reader.field("f", since);
    let marks = reader.marks();
    let blocked = reader.blocked();
    let active_at = reader.field("a", |text| text.parse::<i64>().ok()).unwrap_or(0);
    let unreachable = reader.field("u", |text| (text == "1").then_some(true)).unwrap_or(false);
    let banned_until = reader.field("x", |text| text.parse().ok()).map(Millis);
    for queue in ["g", "rm", "rc", "rp", "rs", "rr", "rb"] {
        reader.field(queue, mark);
    }
    reader.field("k", |text| text.parse::<u32>().ok());
    let profile = reader.field("p", profile);
    if let (Some(version), Some((language, bot)), true) = (version, profile, reader.mends.is_empty()) {
        let profile = Profile { language, bot, unreachable, banned_until };
        let active_at = Millis(active_at.saturating_mul(1_000));
        let record = Record { version, session, since, marks, profile, blocked, active_at };
        return Found::Record { record, outlived };
    }
    if version.is_none() {
        // No counter of changes reaches a time, so whoever read the record before sees that it changed.
        reader.mend("v", now.0.to_string());
    }
    if profile.is_none() {
        let last_bot = session
            .ticket()
            .map(|ticket| ticket.bot)
            .or(since.map(|since| since.bot))
            .or_else(|| marks.first().map(|(bot, _, _)| *bot));
        let Some(bot) = last_bot else {
            return Found::Rubbish(Healing {
                drop: true,
                idles: Some(idles.unwrap_or("")),
                mends: Vec::new(),
            });
        };
        reader.mend("p", profile_text(Language::default(), bot));
    }
    Found::Rubbish(Healing { drop: false, idles, mends: reader.mends })
}

/// Reads fields and notes which of them are unreadable.
struct Reader {
    fields: Vec<(Value, Value)>,
    mends: Vec<Mend>,
}

impl Reader {
    fn get(&self, name: &str) -> Option<&Value> {
        self.fields
            .iter()
            .find(|(field, _)| field.as_bytes() == Some(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// A field; one that is there and cannot be read is to be removed.
    fn field<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.get(name)?;
        let read = value.as_bytes_str().and_then(|text| read(&text));
        if read.is_none() {
            self.mend(name, String::new());
        }
        read
    }

    /// Notes that a field becomes `put`. One that is not there is put without comparing.
    fn mend(&mut self, name: &str, put: String) {
        self.mends.retain(|mend| mend.field.as_bytes() != Some(name.as_bytes()));
        let found = self.get(name).cloned().unwrap_or(Value::Null);
        self.mends.push(Mend { field: name.to_owned().into(), found, put });
    }

    /// The session; and, if it cannot be read and so becomes idle, what it counted as.
    fn session(&mut self) -> (Session, Option<&'static str>) {
        let text = |name: &str| self.get(name).and_then(Value::as_bytes_str);
        if let Some(session) = session(text) {
            return (session, None);
        }
        let state = text("s");
        // Without its name, the state is known by what else it keeps.
        let counted = match state.as_deref() {
            Some("w" | "h") => "w",
            Some("c") => "c",
            _ if text("n").is_some() || text("z").is_some() => "w",
            _ if text("r").is_some() => "c",
            _ => "",
        };
        for name in SESSION {
            if self.get(name).is_some() {
                self.mend(name, String::new());
            }
        }
        (Session::Idle, Some(counted))
    }

    fn marks(&mut self) -> Vec<(BotId, Queue, Mark)> {
        let mut marks: Vec<_> = self
            .prefixed('m')
            .into_iter()
            .filter_map(|(field, rest)| {
                let letter = rest.chars().last()?;
                let queue = Queue::from_letter(letter)?;
                let bot = rest[..rest.len() - 1].parse().ok()?;
                let mark = self.field(&field, mark)?;
                Some((bot, queue, mark))
            })
            .collect();
        marks.sort_unstable_by_key(|(bot, queue, _)| (*bot, *queue));
        marks
    }

    fn blocked(&mut self) -> Vec<UserId> {
        self.prefixed('b').into_iter().filter_map(|(_, rest)| rest.parse().ok()).collect()
    }

    /// Names of fields that begin so, whole and without the beginning.
    fn prefixed(&self, prefix: char) -> Vec<(Str, String)> {
        let names = self.fields.iter().filter_map(|(field, _)| field.as_bytes_str());
        names
            .filter_map(|name| name.strip_prefix(prefix).map(str::to_owned).map(|rest| (name, rest)))
            .collect()
    }

    /// Marks that say nothing any more.
    fn outlived(&mut self, now: Millis) -> Vec<Mend> {
        let mut outlived = Vec::new();
        self.fields.retain(|(field, value)| {
            let is_mark = field.as_bytes().is_some_and(|name| name.len() > 2 && name[0] == b'm');
            let stored = is_mark.then(|| value.as_bytes_str().and_then(|text| mark(&text))).flatten();
            let old = stored.is_some_and(|mark| !mark.counts(mark.era, now));
            if old {
                outlived.push(Mend { field: field.clone(), found: value.clone(), put: String::new() });
            }
            !old
        });
        outlived
    }
}

/// The session, if every field it needs can be read and, while idle, none is there.
pub(super) fn session(text: impl Fn(&str) -> Option<Str>) -> Option<Session> {
    fn parse<T: FromStr>(text: Option<Str>) -> Option<T> {
        text?.parse().ok()
    }
    let Some(state) = text("s") else {
        return SESSION.iter().all(|name| text(name).is_none()).then_some(Session::Idle);
    };
    let ticket: TicketId = parse(text("t"))?;
    let stub = || {
        let waiting_since = Millis(parse(text("z"))?);
        let pool = PoolId(text("o")?.to_string());
        Some(Stub { ticket, attempt: parse(text("n"))?, pool, waiting_since })
    };
    match &*state {
        "w" => stub().map(Session::Waiting),
        "h" => Some(Session::Held { room: parse(text("r"))?, partner: parse(text("w"))?, stub: stub()? }),
        "c" => Some(Session::Chatting { room: parse(text("r"))?, partner: parse(text("w"))?, ticket }),
        _ => None,
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

/// `bot update hour era`.
fn since(text: &str) -> Option<Since> {
    let (bot, rest) = text.split_once(' ')?;
    Some(Since { bot: bot.parse().ok()?, mark: mark(rest)? })
}

/// `language bot`.
fn profile(text: &str) -> Option<(Language, BotId)> {
    let (code, bot) = text.split_once(' ')?;
    let language = Language::ALL.into_iter().find(|language| language.code() == code)?;
    Some((language, bot.parse().ok()?))
}

pub(super) fn profile_text(language: Language, bot: BotId) -> String {
    format!("{} {bot}", language.code())
}

/// The field of a queue's mark.
pub(super) fn mark_field(bot: BotId, queue: Queue) -> String {
    format!("m{bot}{}", queue.letter())
}

/// The state a session is in, as `s` stores it; empty while idle.
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

    fn fields(list: &[(&str, &str)]) -> Vec<(Value, Value)> {
        list.iter().map(|(field, value)| ((*field).into(), (*value).into())).collect()
    }

    /// A chatting record; the hour of `NOW` is 490,000.
    fn chatting() -> Vec<(&'static str, &'static str)> {
        vec![
            ("v", "7"),
            ("p", "fa 11"),
            ("a", "1764000000"),
            ("s", "c"),
            ("r", "9007199254740993"),
            ("w", "5"),
            ("t", "11:100"),
            ("f", "11 100 490000 0"),
            ("m11m", "100 490000 0"),
            ("b77", ""),
            ("zz", "of a later version"),
        ]
    }

    fn mended(found: Found) -> Healing {
        match found {
            Found::Rubbish(healing) => healing,
            other => panic!("not rubbish: {other:?}"),
        }
    }

    #[test]
    fn a_record_is_read_and_unknown_fields_are_left_alone() {
        let Found::Record { record, outlived } = read(fields(&chatting()), NOW) else { panic!("no record") };
        assert_eq!(record.session.name(), "chatting");
        assert_eq!(record.session.room().unwrap().0, 9_007_199_254_740_993, "beyond 2^53");
        assert_eq!(record.blocked, [UserId(77)]);
        assert_eq!(record.marks.len(), 1);
        assert!(outlived.is_empty());
    }

    #[test]
    fn a_mark_of_three_days_ago_is_no_part_of_the_record() {
        let mut list = chatting();
        list.push(("m11c", "90 489900 0"));
        let Found::Record { record, outlived } = read(fields(&list), NOW) else { panic!("no record") };
        assert_eq!((record.marks.len(), outlived.len()), (1, 1));
    }

    #[test]
    fn each_unreadable_field_alone_is_mended() {
        for (name, _) in chatting().into_iter().filter(|(name, _)| !["zz", "b77"].contains(name)) {
            let list: Vec<_> =
                chatting().into_iter().map(|(n, v)| if n == name { (n, "\u{1}?") } else { (n, v) }).collect();
            let healing = mended(read(fields(&list), NOW));
            assert!(!healing.drop, "{name}");
            let in_session = ["s", "r", "w", "t"].contains(&name);
            assert_eq!(healing.idles, in_session.then_some("c"), "{name}");
            // After the mend the record reads well.
            let rest: Vec<_> = list
                .into_iter()
                .filter(|(n, _)| !healing.mends.iter().any(|m| m.field.as_bytes() == Some(n.as_bytes())))
                .map(|(n, v)| (Value::from(n), Value::from(v)))
                .chain(
                    healing
                        .mends
                        .iter()
                        .filter(|m| !m.put.is_empty())
                        .map(|m| (m.field.clone(), Value::from(m.put.clone()))),
                )
                .collect();
            assert!(matches!(read(rest, NOW), Found::Record { .. }), "{name}");
        }
    }

    #[test]
    fn a_state_without_its_fields_and_fields_without_a_state_are_rubbish() {
        let without_state: Vec<_> = chatting().into_iter().filter(|(name, _)| *name != "s").collect();
        assert_eq!(mended(read(fields(&without_state), NOW)).idles, Some("c"));
        let without_room: Vec<_> = chatting().into_iter().filter(|(name, _)| *name != "r").collect();
        assert_eq!(mended(read(fields(&without_room), NOW)).idles, Some("c"));
    }

    #[test]
    fn a_record_without_any_bot_is_dropped() {
        let healing = mended(read(fields(&[("what", "ever")]), NOW));
        assert!(healing.drop);
    }
}
