//! What a user is, and whom they want to meet.
//!
//! Everything here is small, `Copy` and checked when it is made: a ticket holds only what can be matched. The words and
//! numbers of a user's own (the text of a tag, the name of a city) stay in the database; a ticket carries what can be
//! compared. What is written down reads back, and what an older version did not write takes its default.

mod age;
mod gender;
mod place;
mod tag;

pub use self::age::{Age, AgeRange};
pub use self::gender::{Gender, Genders};
pub(crate) use self::place::cosine;
pub use self::place::{CityId, Country, Kilometres, Place, Reach, RegionId, Spot};
pub use self::tag::{Interest, Interests, Tongue, Tongues};

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::profile::Language;

/// A wish that cannot be taken as it is, with what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WishError {
    /// No age that may chat.
    #[error("age {0} is outside {least} to {most}", least = Age::LEAST, most = Age::MOST)]
    Age(u8),
    /// The range ends before it begins.
    #[error("the age range from {from} to {to} is upside down; put the lower age first")]
    UpsideDown {
        /// Where it was to begin.
        from: u8,
        /// Where it was to end.
        to: u8,
    },
    /// No country has this code.
    #[error("no country has the code {0:?}; two letters of ISO 3166 are wanted, such as IR")]
    Country(String),
    /// No language has this code.
    #[error("no language has the code {0:?}; two letters of ISO 639-1 are wanted, such as fa")]
    Language(String),
    /// More than a ticket carries.
    #[error("{given} {what} are too many; {most} is the most", most = what.most())]
    TooMany {
        /// How many there were.
        given: usize,
        /// Of what.
        what: List,
    },
    /// No point on the globe.
    #[error("{latitude}, {longitude} is no place; latitude is -90 to 90 degrees, longitude -180 to 180")]
    Coordinates {
        /// Degrees north, as given.
        latitude: String,
        /// Degrees east, as given.
        longitude: String,
    },
    /// No distance that means anything.
    #[error("{0} km is no distance; 1 to {most} is allowed", most = Kilometres::MOST)]
    Distance(u32),
}

/// A list with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// What a user speaks.
    Languages,
    /// Tags.
    Interests,
}

impl List {
    fn most(self) -> usize {
        match self {
            Self::Languages => Tongues::MOST,
            Self::Interests => Interests::MOST,
        }
    }
}

impl std::fmt::Display for List {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Languages => "languages",
            Self::Interests => "interests",
        })
    }
}

/// What a user is. Unknown facts fail whoever asks for them, and nobody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Their gender.
    #[serde(skip_serializing_if = "is_default")]
    pub gender: Option<Gender>,
    /// Their age in years.
    #[serde(skip_serializing_if = "is_default")]
    pub age: Option<Age>,
    /// What they speak; none: the language they read.
    #[serde(skip_serializing_if = "is_default")]
    pub languages: Tongues,
    /// Where they are.
    #[serde(skip_serializing_if = "is_default")]
    pub place: Place,
    /// What they like to talk about.
    #[serde(skip_serializing_if = "is_default")]
    pub interests: Interests,
    /// What is known of their conduct.
    #[serde(skip_serializing_if = "is_default")]
    pub trust: Trust,
    /// Their place in the queue.
    #[serde(skip_serializing_if = "is_default")]
    pub class: Class,
    /// They said that they are of age, and agreed to the rules.
    #[serde(skip_serializing_if = "is_default")]
    pub agreed: bool,
    /// Until then nothing they write reaches anybody.
    #[serde(skip_serializing_if = "is_default")]
    pub muted_until: Option<Millis>,
}

/// Whom a user wants to meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Wants {
    /// Of which gender.
    #[serde(skip_serializing_if = "is_default")]
    pub genders: Genders,
    /// How old.
    #[serde(skip_serializing_if = "is_default")]
    pub ages: AgeRange,
    /// How near.
    #[serde(skip_serializing_if = "is_default")]
    pub reach: Reach,
    /// Only with a language in common.
    #[serde(skip_serializing_if = "is_default")]
    pub same_language: bool,
    /// With which protection of content.
    #[serde(skip_serializing_if = "is_default")]
    pub mode: Mode,
    /// Which hard wishes may give way with time.
    #[serde(skip_serializing_if = "is_default")]
    pub yields: Yields,
    /// Everything that gives way with time gives way at once.
    #[serde(skip_serializing_if = "is_default")]
    pub widened: bool,
    /// The language in which the bot speaks to them; none: that of their Telegram.
    #[serde(skip_serializing_if = "is_default")]
    pub texts: Option<Language>,
}

impl Facts {
    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("facts have string keys and no failing serializer")
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

impl Wants {
    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("wants have string keys and no failing serializer")
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// Whether content of a room may be forwarded and saved. Only people of one mode meet: the stricter wish cannot be kept
/// by the other's side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It may.
    #[default]
    Open,
    /// Telegram is asked to prevent it.
    Protected,
}

/// What is known of somebody's conduct. Those who are often reported meet each other and nobody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// Nothing yet.
    New,
    /// Nothing bad.
    #[default]
    Normal,
    /// Reported by many.
    Reported,
}

/// A priority class: 0 is ordinary, a higher one begins with a head start (`rules::Priority`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Class(pub u8);

impl Class {
    /// Of those who have premium.
    pub const PREMIUM: Self = Self(1);
}

/// Hard wishes of which the user said that they may give way after a wait. Blocks never do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Yields {
    /// Whom they want to meet by gender.
    #[serde(skip_serializing_if = "is_default")]
    pub gender: bool,
    /// The age range, at both ends.
    #[serde(skip_serializing_if = "is_default")]
    pub age: bool,
}

/// What takes its default is not written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_that_cannot_be_taken_says_what_is_allowed() {
        let said = |error: WishError| error.to_string();
        assert_eq!(said(Age::new(5).unwrap_err()), "age 5 is outside 18 to 99");
        assert_eq!(
            said(AgeRange::new(40, 20).unwrap_err()),
            "the age range from 40 to 20 is upside down; put the lower age first"
        );
        assert_eq!(
            said(Country::new("zz").unwrap_err()),
            "no country has the code \"zz\"; two letters of ISO 3166 are wanted, such as IR"
        );
        let tags: Vec<String> = (0..500).map(|n| format!("tag {n}")).collect();
        assert_eq!(
            said(Interests::of_texts(tags.iter().map(String::as_str)).unwrap_err()),
            "500 interests are too many; 10 is the most"
        );
        assert_eq!(said(Kilometres::new(0).unwrap_err()), "0 km is no distance; 1 to 20000 is allowed");
        assert!(said(Spot::new(91.0, 0.0).unwrap_err()).starts_with("91, 0 is no place"));
    }

    #[test]
    fn what_says_nothing_is_written_as_nothing_and_all_reads_back() {
        assert_eq!(serde_json::to_string(&Facts::default()).unwrap(), "{}");
        assert_eq!(serde_json::to_string(&Wants::default()).unwrap(), "{}");
        let facts = Facts {
            gender: Some(Gender::Female),
            age: Some(Age::new(33).unwrap()),
            languages: Tongues::new(&[Tongue::new("fa").unwrap(), Tongue::new("en").unwrap()]).unwrap(),
            place: Place {
                country: Some(Country::new("ir").unwrap()),
                region: Some(RegionId(7)),
                city: Some(CityId(112_931)),
                spot: Some(Spot::new(35.69, 51.42).unwrap()),
            },
            interests: Interests::of_texts(["music", " Chess "]).unwrap(),
            trust: Trust::New,
            class: Class(1),
            agreed: true,
            muted_until: Some(Millis(1_800_000_000_000)),
        };
        let wants = Wants {
            genders: Genders::only(Gender::Male).with(Gender::Other),
            ages: AgeRange::new(25, 40).unwrap(),
            reach: Reach::Within(Kilometres::new(50).unwrap()),
            same_language: true,
            mode: Mode::Protected,
            yields: Yields { gender: false, age: true },
            widened: false,
            texts: Some(Language::Fa),
        };
        let text = serde_json::to_string(&(facts, wants)).unwrap();
        assert_eq!(serde_json::from_str::<(Facts, Wants)>(&text).unwrap(), (facts, wants), "{text}");
    }
}
