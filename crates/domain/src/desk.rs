//! What administrators are shown in their chat with a bot. Words and buttons are made when it is sent.

use serde::{Deserialize, Serialize};

use crate::board::Maintenance;
use crate::broadcast::{BroadcastId, Course, Segment, Tally};
use crate::clock::Millis;
use crate::id::{BotId, UserId};
use crate::profile::Language;
use crate::wish::is_default;

/// A page of the desk, filled in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "page", rename_all = "snake_case")]
pub enum Desk {
    /// How the fleet is.
    Fleet(Figures),
    /// What is known of somebody.
    Person(Person),
    /// How to broadcast.
    HowToBroadcast,
    /// A broadcast that is not begun: to whom. Said with `Notice::about` the message that is to be sent.
    Compose {
        /// What is chosen now.
        choosing: Choosing,
        /// To whom, as far as it is chosen.
        to: Segment,
        /// The fleet's bots.
        bots: Vec<BotId>,
    },
    /// How a broadcast goes.
    Broadcast(Progress),
    /// Nothing is known of it any more.
    NoBroadcast,
}

/// A part of a segment, to be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choosing {
    /// Which part, or to begin.
    #[default]
    Part,
    /// The language.
    Language,
    /// The bot.
    Bot,
    /// The gender.
    Gender,
    /// The country, from this page of the list.
    Country(u8),
    /// The days.
    Days,
}

/// Figures of the fleet. `None`: what tells them is away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Figures {
    /// Users of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u64>,
    /// Users who search.
    pub waiting: u64,
    /// Users in rooms.
    pub chatting: u64,
    /// Tickets in all pools.
    pub queued: u64,
    /// Entries that wait to be sent.
    pub unsent: u64,
    /// Reports that nobody decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports: Option<u64>,
    /// In which way the fleet is closed.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "by_word")]
    pub maintenance: Option<Maintenance>,
    /// The newest broadcast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broadcast: Option<BroadcastId>,
}

/// What is known of a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub user: UserId,
    /// Anything is.
    pub known: bool,
    /// Where they stand, by the session's name; none: live state does not know them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stands: Option<String>,
    /// The language they are spoken to in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// They cannot be reached.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unreachable: bool,
    /// Banned until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banned_until: Option<Millis>,
    /// Muted until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Millis>,
    /// Whom they blocked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blocks: u64,
    /// How often they were reported; none: the record is away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports: Option<u64>,
    /// What was decided about them, by the stored names of verdicts, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<(String, Millis)>,
}

/// How a broadcast goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Progress {
    /// Which.
    pub broadcast: BroadcastId,
    /// How it stands, or stood when it was over.
    pub course: Course,
    /// Something became of every part of it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub over: bool,
    /// Everybody it is for is queued.
    #[serde(default, skip_serializing_if = "is_default")]
    pub all_queued: bool,
    /// How far it has come.
    pub tally: Tally,
}

/// Maintenance by the word that names it everywhere.
mod by_word {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::board::Maintenance;

    #[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde asks for this shape")]
    pub(super) fn serialize<S: Serializer>(
        way: &Option<Maintenance>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        way.map(Maintenance::word).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Maintenance>, D::Error> {
        let word = Option::<String>::deserialize(deserializer)?;
        Ok(word.as_deref().and_then(Maintenance::of_word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::{Entry, Notice};

    #[test]
    fn pages_are_read_as_they_were_stored() {
        let figures = Figures {
            users: Some(3),
            maintenance: Some(Maintenance::RoomsRest),
            broadcast: Some(BroadcastId(4)),
            ..Figures::default()
        };
        let person = Person {
            user: UserId(7),
            known: true,
            stands: Some("idle".into()),
            language: Some(Language::Fa),
            unreachable: true,
            banned_until: Some(Millis(5)),
            muted_until: None,
            blocks: 2,
            reports: Some(1),
            decisions: vec![("ban7".into(), Millis(4))],
        };
        let progress = Progress {
            broadcast: BroadcastId(4),
            course: Course::Paused,
            over: false,
            all_queued: true,
            tally: Tally { queued: 3, sent: 2, ..Tally::default() },
        };
        let to: Segment = "fa,,,IR,".parse().unwrap();
        let compose = |choosing| Desk::Compose { choosing, to, bots: vec![BotId(1), BotId(2)] };
        for desk in [
            Desk::Fleet(figures),
            Desk::Fleet(Figures::default()),
            Desk::Person(person),
            Desk::HowToBroadcast,
            Desk::NoBroadcast,
            compose(Choosing::Part),
            compose(Choosing::Country(3)),
            Desk::Broadcast(progress),
        ] {
            let entry = Notice::Desk(Box::new(desk)).entry();
            let json = entry.to_json();
            assert_eq!(Entry::from_json(&json).expect(&json), entry);
        }
    }
}
