//! The part of a profile that live state needs: to match, to answer, to refuse.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::id::BotId;
use crate::wish::{Facts, Wants, is_default};

/// A language the bot speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "std::borrow::Cow<str>", into = "&str")]
pub enum Language {
    /// English, also for every language we do not speak.
    #[default]
    En,
    /// Persian.
    Fa,
    /// Russian.
    Ru,
    /// Arabic.
    Ar,
    /// Turkish.
    Tr,
    /// Spanish.
    Es,
}

impl From<std::borrow::Cow<'_, str>> for Language {
    /// Another version may speak more languages than this one: who reads one of those reads English here.
    fn from(code: std::borrow::Cow<'_, str>) -> Self {
        Self::of_tag(&code)
    }
}

impl From<Language> for &str {
    fn from(language: Language) -> Self {
        language.code()
    }
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 6] = [Self::En, Self::Fa, Self::Ru, Self::Ar, Self::Tr, Self::Es];

    /// The two-letter code (ISO 639-1).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fa => "fa",
            Self::Ru => "ru",
            Self::Ar => "ar",
            Self::Tr => "tr",
            Self::Es => "es",
        }
    }

    /// The language of an IETF tag such as `fa-IR` (Bot API, `User.language_code`); English if we do not speak it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(primary))
            .unwrap_or_default()
    }
}

/// A user as live state knows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Profile {
    /// The language texts are rendered in.
    pub language: Language,
    /// The bot they last used: where a notice reaches them when they are in no room.
    pub bot: BotId,
    /// They blocked the bot or deleted their account: nothing is sent until they write again.
    #[serde(default)]
    pub unreachable: bool,
    /// Banned until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banned_until: Option<Millis>,
    /// What they are, as far as they told.
    #[serde(default, skip_serializing_if = "is_default")]
    pub facts: Facts,
    /// Whom they want to meet.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wants: Wants,
}

impl Profile {
    /// Somebody of whom nothing else is known: reachable, not banned, without wishes.
    #[must_use]
    pub fn new(language: Language, bot: BotId) -> Self {
        let (facts, wants) = (Facts::default(), Wants::default());
        Self { language, bot, unreachable: false, banned_until: None, facts, wants }
    }

    /// Until when they are banned, if they are at `now`.
    #[must_use]
    pub fn banned(&self, now: Millis) -> Option<Millis> {
        self.banned_until.filter(|until| *until > now)
    }

    /// Until when nothing they write reaches anybody, if that is so at `now`.
    #[must_use]
    pub fn muted(&self, now: Millis) -> Option<Millis> {
        self.facts.muted_until.filter(|until| *until > now)
    }

    /// What stays of it when its user is forgotten: that they are banned or muted, which nobody is to wash off.
    #[must_use]
    pub fn left_behind(&self, now: Millis) -> Self {
        let mut left = Self::new(self.language, self.bot);
        left.banned_until = self.banned(now);
        left.facts.muted_until = self.muted(now);
        left
    }

    /// Whether they told anything of themselves, or of whom they want to meet.
    #[must_use]
    pub fn tells(&self) -> bool {
        !is_default(&self.facts) || !is_default(&self.wants)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wish::{Age, Gender, Genders};

    #[test]
    fn languages_are_known_by_their_codes_and_a_strange_one_is_read_as_english() {
        for language in Language::ALL {
            let json = serde_json::to_string(&language).unwrap();
            assert_eq!(json, format!("{:?}", language.code()));
            assert_eq!(serde_json::from_str::<Language>(&json).unwrap(), language);
        }
        assert_eq!(serde_json::from_str::<Language>("\"xx\"").unwrap(), Language::En);
        assert_eq!(Language::of_tag("pt-BR"), Language::En);
        assert_eq!(Language::of_tag("es_MX"), Language::Es);
    }

    #[test]
    fn what_nobody_told_is_not_written_and_all_reads_back() {
        let plain = Profile::new(Language::Fa, BotId(7));
        let text = r#"{"language":"fa","bot":7,"unreachable":false}"#;
        assert_eq!(serde_json::to_string(&plain).unwrap(), text);
        assert_eq!(serde_json::from_str::<Profile>(text).unwrap(), plain);
        let facts = Facts { age: Age::new(30).ok(), ..Facts::default() };
        let wants = Wants { genders: Genders::only(Gender::Female), ..Wants::default() };
        let told = Profile { facts, wants, ..plain };
        let text = serde_json::to_string(&told).unwrap();
        assert_eq!(serde_json::from_str::<Profile>(&text).unwrap(), told, "{text}");
    }
}
