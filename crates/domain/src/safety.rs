//! Reports and what comes of them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::fnv;
use crate::id::{BotId, MessageId, RoomId, UpdateId, UserId};
use crate::profile::Profile;

/// Why somebody is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Advertising.
    Spam,
    /// Insults, hate.
    Insult,
    /// Sexual content nobody asked for.
    Sex,
    /// Somebody is under age.
    Minor,
    /// Threats, violence, fraud.
    Threat,
    /// Anything else.
    Other,
}

impl Reason {
    /// Every reason, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Spam, Self::Insult, Self::Sex, Self::Minor, Self::Threat, Self::Other];

    /// Its name in buttons and in the database, for ever.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Spam => "spam",
            Self::Insult => "insult",
            Self::Sex => "sex",
            Self::Minor => "minor",
            Self::Threat => "threat",
            Self::Other => "other",
        }
    }

    /// The reason of a name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// What is decided about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing was wrong.
    Dismiss,
    /// They are told that it must not happen again.
    Warn,
    /// For a day nothing they write reaches anybody.
    Mute,
    /// They are out for a day.
    #[serde(rename = "ban1")]
    BanDay,
    /// For a week.
    #[serde(rename = "ban7")]
    BanWeek,
    /// For good.
    #[serde(rename = "ban0")]
    BanForEver,
    /// For as long as an operator said.
    Ban,
    /// Bans and mutes are lifted.
    Undo,
}

impl Verdict {
    /// What moderators choose from.
    pub const OFFERED: [Self; 6] =
        [Self::Dismiss, Self::Warn, Self::Mute, Self::BanDay, Self::BanWeek, Self::BanForEver];

    /// Its name in buttons and in the database, for ever.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Dismiss => "dismiss",
            Self::Warn => "warn",
            Self::Mute => "mute",
            Self::BanDay => "ban1",
            Self::BanWeek => "ban7",
            Self::BanForEver => "ban0",
            Self::Ban => "ban",
            Self::Undo => "undo",
        }
    }

    /// The verdict of a name that stands in a button.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::OFFERED.into_iter().chain([Self::Undo]).find(|verdict| verdict.word() == word)
    }

    /// Whether it keeps its user out.
    #[must_use]
    pub fn bans(self) -> bool {
        matches!(self, Self::BanDay | Self::BanWeek | Self::BanForEver | Self::Ban)
    }

    /// Until when it lasts if it is decided at `at`; `None` for what does not last, and for what an operator times.
    #[must_use]
    pub fn until(self, at: Millis) -> Option<Millis> {
        const DAY: Duration = Duration::from_hours(24);
        match self {
            // In whole minutes, as live state keeps it.
            Self::Mute => Some(Millis(at.after(DAY).0 / 60_000 * 60_000)),
            Self::BanDay => Some(at.after(DAY)),
            Self::BanWeek => Some(at.after(7 * DAY)),
            Self::BanForEver => Some(FOR_EVER),
            Self::Dismiss | Self::Warn | Self::Ban | Self::Undo => None,
        }
    }
}

/// A ban until then is for good: the last second of the year 9999.
pub const FOR_EVER: Millis = Millis(253_402_300_799_000);

/// A case of the moderators. Its name tells nothing of anybody: it is made of the update that reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(u64);

/// Digits and letters that are not taken for one another.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of a name.
const NAME: usize = 8;

impl CaseId {
    /// The case of a report made by this update.
    #[must_use]
    pub fn of(bot: BotId, update: UpdateId) -> Self {
        let bytes = bot.0.to_le_bytes().into_iter().chain(update.0.to_le_bytes());
        let hash = fnv::hash(bytes);
        // The upper half is folded into what is kept.
        Self((hash ^ (hash >> 40)) & 0xff_ffff_ffff)
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..NAME).rev() {
            let letter = usize::try_from((self.0 >> (5 * place)) & 31).unwrap_or_default();
            write!(f, "{}", char::from(LETTERS[letter]))?;
        }
        Ok(())
    }
}

/// A text that names no case.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a case: {0:?}")]
pub struct NoCase(String);

impl FromStr for CaseId {
    type Err = NoCase;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.bytes().try_fold(0_u64, |number, byte| {
            let letter = LETTERS.iter().position(|letter| *letter == byte)?;
            Some((number << 5) | u64::try_from(letter).ok()?)
        });
        number.filter(|_| text.len() == NAME).map(Self).ok_or_else(|| NoCase(text.to_owned()))
    }
}

impl Serialize for CaseId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CaseId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A report: who, about whom, of which room, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Report {
    /// The room.
    pub room: RoomId,
    /// The bot it was made through.
    pub bot: BotId,
    /// The update that made it.
    pub update: UpdateId,
    /// Who reports.
    pub reporter: UserId,
    /// Whom.
    pub reported: UserId,
    /// Why.
    pub reason: Reason,
    /// The message it is about, by its id in the reporter's chat; none: the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    /// When.
    pub at: Millis,
}

impl Report {
    /// The case it opens.
    #[must_use]
    pub fn case(&self) -> CaseId {
        CaseId::of(self.bot, self.update)
    }

    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("reports have string keys and no failing serializer")
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// A decision about somebody, as the audit trail has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Decision {
    /// About whom.
    pub user: UserId,
    /// What.
    pub verdict: Verdict,
    /// Until when, if it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// The moderator; none: an operator on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// The report it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// Why, in an operator's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When.
    pub at: Millis,
}

impl Decision {
    /// What it makes of its user's profile.
    #[must_use]
    pub fn applied(&self, profile: &Profile) -> Profile {
        let mut profile = profile.clone();
        match self.verdict {
            Verdict::Mute => profile.facts.muted_until = self.until,
            Verdict::Undo => {
                profile.banned_until = None;
                profile.facts.muted_until = None;
            }
            verdict if verdict.bans() => profile.banned_until = self.until,
            _ => {}
        }
        profile
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Language;

    fn decision(verdict: Verdict) -> Decision {
        let at = Millis(1_800_000_000_000);
        let until = verdict.until(at);
        Decision {
            user: UserId(1),
            verdict,
            until,
            by: Some(UserId(2)),
            report: None,
            reason: String::new(),
            at,
        }
    }

    #[test]
    fn a_case_reads_as_it_is_written_and_names_nobody() {
        let (bot, update) = (BotId(7_000_000_123), UpdateId(412_345_678));
        let case = CaseId::of(bot, update);
        let text = case.to_string();
        assert_eq!(text.len(), NAME);
        assert_eq!(text.parse(), Ok(case));
        assert_ne!(CaseId::of(bot, UpdateId(412_345_679)), case);
        for wrong in ["", "0000000", "000000000", "0000000u", "0000000é"] {
            assert_eq!(wrong.parse::<CaseId>(), Err(NoCase(wrong.to_owned())));
        }
    }

    #[test]
    fn words_are_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::of_word(reason.word()), Some(reason));
            assert_eq!(serde_json::to_string(&reason).unwrap(), format!("{:?}", reason.word()));
        }
        for verdict in Verdict::OFFERED.into_iter().chain([Verdict::Undo]) {
            assert_eq!(Verdict::of_word(verdict.word()), Some(verdict));
            assert_eq!(serde_json::to_string(&verdict).unwrap(), format!("{:?}", verdict.word()));
        }
        assert_eq!(Verdict::of_word("ban"), None, "only an operator says for how long");
    }

    #[test]
    fn a_ban_lasts_as_long_as_it_says_and_is_undone() {
        let free = Profile::new(Language::En, BotId(1));
        let at = Millis(1_800_000_000_000);
        let banned = decision(Verdict::BanWeek).applied(&free);
        assert_eq!(banned.banned_until, Some(Millis(at.0 + 7 * 86_400_000)));
        let muted = decision(Verdict::Mute).applied(&banned);
        assert_eq!(muted.facts.muted_until, Some(Millis(at.0 + 86_400_000)));
        assert_eq!(decision(Verdict::Undo).applied(&muted), free);
        assert_eq!(decision(Verdict::BanForEver).applied(&free).banned_until, Some(FOR_EVER));
        for nothing in [Verdict::Dismiss, Verdict::Warn] {
            assert_eq!(decision(nothing).applied(&free), free);
        }
    }
}
