//! What is held against somebody, where it comes from, and what is said of their conduct.

use super::day;
use crate::clock::Millis;
use crate::fnv;
use crate::id::{RoomId, UserId};
use crate::safety::{Decision, Report, Verdict};

/// Where a complaint comes from, as a hash: one that comes again from there takes the place of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(pub u16);

impl Origin {
    /// A user who reports.
    #[must_use]
    pub fn reporter(user: UserId) -> Self {
        Self::of(b'r', &user.0.to_le_bytes())
    }

    /// Whoever decides about users.
    #[must_use]
    pub fn moderators() -> Self {
        Self::of(b'm', &[])
    }

    /// Words that a house does not want, on one day.
    #[must_use]
    pub fn words(at: Millis) -> Self {
        Self::of(b'w', &day(at).to_le_bytes())
    }

    /// One text in many rooms, on one day.
    #[must_use]
    pub fn repeats(at: Millis) -> Self {
        Self::of(b't', &day(at).to_le_bytes())
    }

    fn of(kind: u8, what: &[u8]) -> Self {
        let hash = fnv::hash(std::iter::once(kind).chain(what.iter().copied()));
        let folded = hash ^ (hash >> 16) ^ (hash >> 32) ^ (hash >> 48);
        Self(u16::try_from(folded & 0xffff).unwrap_or_default())
    }
}

/// Something that is held against somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Complaint {
    /// Where it comes from.
    pub origin: Origin,
    /// How much it weighs, 1 to 9. A report weighs 1.
    pub weight: u8,
    /// The day since 1970 on which it was made.
    pub day: u16,
}

impl Complaint {
    /// What a report holds against whom it is about.
    #[must_use]
    pub fn of_report(report: &Report) -> Self {
        Self { origin: Origin::reporter(report.reporter), weight: 1, day: day(report.at) }
    }

    /// What words that a house does not want hold against their writer: once a day, however many they are.
    #[must_use]
    pub fn of_words(at: Millis) -> Self {
        Self { origin: Origin::words(at), weight: 1, day: day(at) }
    }

    /// What one text in many rooms holds against its writer: once a day.
    #[must_use]
    pub fn of_repeats(at: Millis) -> Self {
        Self { origin: Origin::repeats(at), weight: 2, day: day(at) }
    }
}

/// What a user's conduct is told to be: one step on their record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// This is held against them.
    Against(Complaint),
    /// What came from there is not held against them any more.
    Withdrawn(Origin),
    /// Whoever they met in this room says how it was. Of several words of one room the last counts, once.
    Rated {
        /// The room.
        room: RoomId,
        /// Well, or badly.
        up: bool,
        /// The week in which it is said ([`week`](super::week)).
        week: u16,
    },
}

impl Judgement {
    /// What a decision of the moderators says of the conduct of whom it is about.
    #[must_use]
    pub fn of_decision(decision: &Decision) -> Option<Self> {
        let against = |weight| {
            Some(Self::Against(Complaint { origin: Origin::moderators(), weight, day: day(decision.at) }))
        };
        match decision.verdict {
            Verdict::Warn => against(1),
            Verdict::Mute => against(2),
            Verdict::BanDay | Verdict::BanWeek | Verdict::BanForEver | Verdict::Ban => against(3),
            Verdict::Dismiss => {
                let report = decision.report.as_ref()?;
                Some(Self::Withdrawn(Origin::reporter(report.reporter)))
            }
            Verdict::Undo => Some(Self::Withdrawn(Origin::moderators())),
        }
    }
}

impl Complaint {
    /// Its part of the stored form.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}{}{:04x}", self.origin.to_text(), self.weight, self.day)
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        let (origin, rest) = text.split_at_checked(4)?;
        let (weight, day) = rest.split_at_checked(1)?;
        Some(Self {
            origin: Origin(u16::from_str_radix(origin, 16).ok()?),
            weight: weight.parse().ok()?,
            day: u16::from_str_radix(day, 16).ok().filter(|_| day.len() == 4)?,
        })
    }
}

impl Origin {
    /// Its part of the stored form.
    #[must_use]
    pub fn to_text(self) -> String {
        format!("{:04x}", self.0)
    }
}
