//! Who decides about reports, and what is kept with them.

use hamdam_bot::WordLists;
use hamdam_bot::safety::Moderators;
use hamdam_domain::conduct::TrustRules;
use hamdam_domain::haste::HasteRules;
use hamdam_domain::id::UserId;
use hamdam_domain::repeats::RepeatRules;

use super::{Settings, haste, trust, words};

/// Moderation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safety {
    /// Who decides about reports.
    pub moderators: Moderators,
    /// The text of a reported message is kept with the report.
    pub keep_evidence: bool,
    /// From when on somebody's conduct parts them from others.
    pub trust: TrustRules,
    /// Who is slowed down.
    pub haste: HasteRules,
    /// Words that the house does not want.
    pub words: WordLists,
    /// What is done about texts that go from room to room.
    pub repeats: RepeatRules,
}

impl Safety {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        let mend = "Give the group's number, which is negative; the bots must be members of it.";
        let group = settings.parsed("MODERATORS_CHAT", mend, group);
        let mend = "Give Telegram's numbers of users, with commas between.";
        let admins = settings.parsed("ADMIN_IDS", mend, users).unwrap_or_default();
        let keep_evidence = settings.yes_or_no("KEEP_EVIDENCE");
        let trust = trust::read(settings);
        let haste = haste::read(settings);
        let (words, repeats) = (words::read(settings), words::repeats(settings));
        Self { moderators: Moderators { group, admins }, keep_evidence, trust, haste, words, repeats }
    }
}

fn group(text: &str) -> Option<UserId> {
    text.trim().parse().ok().filter(|number: &i64| *number < 0).map(UserId)
}

fn users(text: &str) -> Option<Vec<UserId>> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| word.parse().ok().filter(|number: &i64| *number > 0).map(UserId)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_negative_and_users_positive_numbers() {
        assert_eq!(group("-1001234567890"), Some(UserId(-1_001_234_567_890)));
        assert_eq!(group("12"), None);
        assert_eq!(users("12, 13,"), Some(vec![UserId(12), UserId(13)]));
        assert_eq!(users("12,-13"), None);
    }
}
