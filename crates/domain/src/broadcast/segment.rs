//! To whom a broadcast goes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::BotId;
use crate::profile::{Language, Profile};
use crate::wish::{Country, Gender};

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
}
