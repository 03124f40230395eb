//! The part of a profile that live state needs: to match, to answer, to refuse.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::id::BotId;
use crate::wish::{Facts, Wants, is_default};

/// A language the bot speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, also for every language we do not speak.
    #[default]
    En,
    /// Persian.
    Fa,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Fa];

    /// The two-letter code (ISO 639-1).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fa => "fa",
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
