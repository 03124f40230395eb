//! Broadcasts: one message to everybody, or to a part of them.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::id::{BotId, MessageId, UpdateId, UserId};
use crate::message::MessageKind;
use crate::outbox::{Content, Copy};
use crate::parcel::{Carry, Parcel};
use crate::profile::{Language, Profile};
use crate::wish::{Country, Gender};

/// A broadcast's number. Live state counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BroadcastId(pub u32);

impl fmt::Display for BroadcastId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for BroadcastId {
    type Err = ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// To whom: everybody for whom each of these holds that is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Segment {
    /// The bot speaks this language with them.
    pub language: Option<Language>,
    /// They used this bot last.
    pub bot: Option<BotId>,
    /// They told that they are.
    pub gender: Option<Gender>,
    /// They told that they live there.
    pub country: Option<Country>,
    /// An update of theirs came in within so many days, [`Segment::MOST_DAYS`] at most.
    pub active_days: Option<u8>,
}

impl Segment {
    /// Live state remembers for so many days when somebody was active.
    pub const MOST_DAYS: u8 = 30;

    /// Whether somebody of this profile belongs to it, as far as a profile tells: not whether they were active.
    #[must_use]
    pub fn admits(&self, profile: &Profile) -> bool {
        let facts = &profile.facts;
        self.language.is_none_or(|language| language == profile.language)
            && self.bot.is_none_or(|bot| bot == profile.bot)
            && (self.gender.is_none() || self.gender == facts.gender)
            && (self.country.is_none() || self.country == facts.place.country)
    }
}

/// `language,bot,gender,country,days`, each empty where it does not matter: short enough for a button.
impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |part: Option<String>| part.unwrap_or_default();
        let gender = self.gender.map(|gender| match gender {
            Gender::Female => "f",
            Gender::Male => "m",
            Gender::Other => "o",
        });
        write!(
            f,
            "{},{},{},{},{}",
            self.language.map_or("", Language::code),
            text(self.bot.map(|bot| bot.to_string())),
            gender.unwrap_or_default(),
            text(self.country.map(|country| country.to_string())),
            text(self.active_days.map(|days| days.to_string())),
        )
    }
}

/// A text that names no [`Segment`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a segment (want language,bot,gender,country,days): {0:?}")]
pub struct NoSegment(pub String);

impl FromStr for Segment {
    type Err = NoSegment;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let [language, bot, gender, country, days]: [&str; 5] =
                text.split(',').collect::<Vec<_>>().try_into().ok()?;
            Some(Self {
                language: part(language, |code| {
                    Language::ALL.into_iter().find(|language| language.code() == code)
                })?,
                bot: part(bot, |digits| digits.parse().ok())?,
                gender: part(gender, |letter| match letter {
                    "f" => Some(Gender::Female),
                    "m" => Some(Gender::Male),
                    "o" => Some(Gender::Other),
                    _ => None,
                })?,
                country: part(country, |code| Country::new(code).ok())?,
                active_days: part(days, |days| {
                    days.parse().ok().filter(|days| (1..=Self::MOST_DAYS).contains(days))
                })?,
            })
        };
        read().ok_or_else(|| NoSegment(text.to_owned()))
    }
}

/// Empty is nothing; what is there has to be readable.
#[expect(clippy::option_option, reason = "unreadable, and readably nothing")]
fn part<T>(text: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { read(text).map(Some) }
}

impl Serialize for Segment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Segment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What is said to everybody.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// A text for each of some languages, at least one.
    Texts(Vec<Text>),
    /// A message of an administrator's chat with a bot: a copy of it, and by the other bots what they can say of it.
    Copy(Original),
}

/// A text in one language. Its `Debug` shows no content.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    /// For whom.
    pub language: Language,
    /// 1-4096 characters.
    pub text: String,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({})", self.language.code())
    }
}

/// A message that is copied.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Original {
    /// In whose chat.
    pub from: UserId,
    /// With which bot.
    pub bot: BotId,
    /// Its id there.
    pub message: MessageId,
    /// What it is.
    pub kind: MessageKind,
    /// What other bots can say of it; none: they cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<Parcel>,
}

impl Message {
    /// The kind of what is said.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Texts(_) => MessageKind::Text,
            Self::Copy(original) => original.kind,
        }
    }

    /// What goes to somebody of this language by this bot. `None`: that bot cannot say it. Who speaks a language that has
    /// no text reads the English one, or the first.
    #[must_use]
    pub fn content(&self, language: Language, bot: BotId) -> Option<Content> {
        match self {
            Self::Texts(texts) => {
                let of = |wanted: Language| texts.iter().find(|text| text.language == wanted);
                let text = of(language).or_else(|| of(Language::En)).or_else(|| texts.first())?;
                let parcel = Parcel::Text { text: text.text.clone(), entities: None };
                Some(Content::Carry(Carry {
                    copy: copy_of(UserId(0), bot, MessageId(0), self.kind()),
                    parcel,
                }))
            }
            Self::Copy(original) => {
                let Original { from, message, kind, .. } = *original;
                let copy = copy_of(from, original.bot, message, kind);
                if original.bot == bot {
                    return Some(Content::Copy(copy));
                }
                original.parcel.clone().map(|parcel| Content::Carry(Carry { copy, parcel }))
            }
        }
    }
}

/// No partner wrote it, so no update brought it.
fn copy_of(from: UserId, bot: BotId, message: MessageId, kind: MessageKind) -> Copy {
    let (update, at) = (UpdateId(0), Millis(0));
    Copy { from, bot, update, message, kind, reply: None, album: None, protect: false, at }
}

/// Who began a broadcast in a chat, and which message there tells how it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Author {
    /// The administrator.
    pub user: UserId,
    /// The bot they did it by.
    pub bot: BotId,
    /// The message, in their chat.
    pub message: MessageId,
}

/// All that is decided about a broadcast before it begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Plan {
    /// What is said.
    pub message: Message,
    /// To whom.
    pub to: Segment,
    /// Who began it; none: an operator on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

impl Plan {
    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("plans have string keys and no failing serializer")
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// How a broadcast that is not over stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Course {
    /// It goes out.
    Running,
    /// Nothing of it goes out for now.
    Paused,
    /// Nothing more of it goes out, ever: what is queued is dropped.
    Cancelled,
}

impl Course {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Running, Self::Paused, Self::Cancelled];

    /// Its name in live state and in the database, for ever.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
        }
    }

    /// The course of a name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|course| course.word() == word)
    }

    /// The course after an order. Cancelled is for good.
    #[must_use]
    pub fn after(self, order: Order) -> Self {
        match (self, order) {
            (Self::Cancelled, _) | (_, Order::Cancel) => Self::Cancelled,
            (_, Order::Pause) => Self::Paused,
            (_, Order::Resume) => Self::Running,
        }
    }
}

/// What becomes of a broadcast that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// It stops for now.
    Pause,
    /// It goes on.
    Resume,
    /// It stops for good.
    Cancel,
}

impl Order {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pause, Self::Resume, Self::Cancel];

    /// Its name in buttons and on the command line, for ever.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
        }
    }

    /// The order of a name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.word() == word)
    }
}

/// What became of one user's part of a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// It stands in their chat.
    Sent,
    /// They cannot be reached by that bot.
    Unreachable,
    /// Telegram does not take it, or that bot cannot say it.
    Failed,
    /// The broadcast was cancelled first.
    Dropped,
}

impl Delivery {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Sent, Self::Unreachable, Self::Failed, Self::Dropped];

    /// Its name in live state and in metrics, for ever.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Unreachable => "unreachable",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// How far a broadcast has come. All of it adds up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tally {
    /// Users whose part was queued.
    pub queued: u64,
    /// [`Delivery::Sent`].
    pub sent: u64,
    /// [`Delivery::Unreachable`].
    pub unreachable: u64,
    /// [`Delivery::Failed`].
    pub failed: u64,
    /// [`Delivery::Dropped`].
    pub dropped: u64,
}

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, delivery: Delivery) {
        *match delivery {
            Delivery::Sent => &mut self.sent,
            Delivery::Unreachable => &mut self.unreachable,
            Delivery::Failed => &mut self.failed,
            Delivery::Dropped => &mut self.dropped,
        } += 1;
    }

    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            queued: self.queued + other.queued,
            sent: self.sent + other.sent,
            unreachable: self.unreachable + other.unreachable,
            failed: self.failed + other.failed,
            dropped: self.dropped + other.dropped,
        }
    }

    /// Whether something became of every part that was queued.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.queued == self.sent + self.unreachable + self.failed + self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wish::{Facts, Place};

    const BOT: BotId = BotId(7_000_000_001);
    const OTHER: BotId = BotId(8);

    fn everything() -> Segment {
        Segment {
            language: Some(Language::Fa),
            bot: Some(BOT),
            gender: Some(Gender::Female),
            country: Country::new("IR").ok(),
            active_days: Some(30),
        }
    }

    #[test]
    fn a_segment_reads_as_it_is_written() {
        assert_eq!(Segment::default().to_string(), ",,,,");
        assert_eq!(everything().to_string(), "fa,7000000001,f,IR,30");
        for segment in [Segment::default(), everything()] {
            assert_eq!(segment.to_string().parse(), Ok(segment));
        }
        for wrong in ["", ",,,", ",,,,,", "xx,,,,", ",seven,,,", ",,x,,", ",,,XX,", ",,,,0", ",,,,31"] {
            assert_eq!(wrong.parse::<Segment>(), Err(NoSegment(wrong.into())));
        }
    }

    #[test]
    fn who_did_not_tell_belongs_to_no_part() {
        let plain = Profile::new(Language::Fa, BOT);
        let place = Place { country: Country::new("IR").ok(), ..Place::default() };
        let facts = Facts { gender: Some(Gender::Female), place, ..Facts::default() };
        let told = Profile { facts, ..plain.clone() };
        assert!(Segment::default().admits(&plain) && everything().admits(&told));
        assert!(!everything().admits(&plain));
        for other in [
            Segment { language: Some(Language::En), ..everything() },
            Segment { bot: Some(OTHER), ..everything() },
            Segment { gender: Some(Gender::Male), ..everything() },
            Segment { country: Country::new("DE").ok(), ..everything() },
        ] {
            assert!(!other.admits(&told), "{other}");
        }
    }

    fn text_of(message: &Message, language: Language) -> String {
        match message.content(language, BOT) {
            Some(Content::Carry(Carry { parcel: Parcel::Text { text, .. }, .. })) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn everybody_reads_their_language_or_english_or_what_there_is() {
        let text = |language, text: &str| Text { language, text: text.into() };
        let both = Message::Texts(vec![text(Language::Fa, "salam"), text(Language::En, "hello")]);
        assert_eq!(text_of(&both, Language::Fa), "salam");
        assert_eq!(text_of(&both, Language::Ru), "hello");
        let one = Message::Texts(vec![text(Language::Fa, "salam")]);
        assert_eq!(text_of(&one, Language::Ru), "salam");
    }

    #[test]
    fn a_message_is_copied_by_its_bot_and_said_again_by_others() {
        let original = Original {
            from: UserId(5),
            bot: BOT,
            message: MessageId(9),
            kind: MessageKind::Text,
            parcel: Some(Parcel::Text { text: "hi".into(), entities: None }),
        };
        let message = Message::Copy(original.clone());
        assert!(
            matches!(message.content(Language::En, BOT), Some(Content::Copy(copy)) if copy.from == UserId(5))
        );
        assert!(matches!(message.content(Language::En, OTHER), Some(Content::Carry(_))));
        let bound = Message::Copy(Original { kind: MessageKind::Poll, parcel: None, ..original });
        assert!(bound.content(Language::En, BOT).is_some());
        assert_eq!(bound.content(Language::En, OTHER), None);
    }

    #[test]
    fn plans_are_read_as_they_were_stored() {
        let author = Author { user: UserId(1), bot: BOT, message: MessageId(2) };
        let texts = Message::Texts(vec![Text { language: Language::Ar, text: "x".into() }]);
        for by in [None, Some(author)] {
            let plan = Plan { message: texts.clone(), to: everything(), by };
            assert_eq!(Plan::from_json(&plan.to_json()).unwrap(), plan);
        }
        assert!(!format!("{texts:?}").contains("\"x\""), "{texts:?}");
    }

    #[test]
    fn cancelled_is_for_good() {
        assert_eq!(Course::Running.after(Order::Pause), Course::Paused);
        assert_eq!(Course::Paused.after(Order::Resume), Course::Running);
        for order in Order::ALL {
            assert_eq!(Course::Cancelled.after(order), Course::Cancelled);
            assert_eq!(Order::of_word(order.word()), Some(order));
        }
        for course in Course::ALL {
            assert_eq!(course.after(Order::Cancel), Course::Cancelled);
            assert_eq!(Course::of_word(course.word()), Some(course));
        }
    }

    #[test]
    fn a_tally_is_settled_when_something_became_of_each() {
        let mut tally = Tally { queued: 4, ..Tally::default() };
        for delivery in Delivery::ALL {
            assert!(!tally.is_settled());
            tally.count(delivery);
        }
        assert!(tally.is_settled() && tally.with(tally).is_settled());
    }
}
