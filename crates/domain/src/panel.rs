//! What a panel of settings shows: a page, and what was known of its user when it was queued. Words and buttons are
//! made when it is sent, in the language of its reader.

use serde::{Deserialize, Serialize};

use crate::filter::Filters;
use crate::wish::{CityId, Country, Facts, Wants, is_default};

/// A page of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// All that is known, and the way to change it.
    Home,
    /// All that is known.
    Profile,
    /// What the user is.
    Gender,
    /// How old the user is. Answered by typing.
    Age,
    /// What the user speaks, and whether a language in common is wanted.
    Languages,
    /// Where the user is. Answered by typing, or with a location.
    Place,
    /// What the user likes to talk about. May be answered by typing.
    Interests,
    /// Whom they want to meet, by gender.
    Wanted,
    /// And by age. May be answered by typing.
    Ages,
    /// And how near.
    Reach,
    /// What may give way after a wait.
    Yields,
    /// The language of the bot's own texts.
    Texts,
}

impl Page {
    /// Every page.
    pub const ALL: [Self; 12] = [
        Self::Home,
        Self::Profile,
        Self::Gender,
        Self::Age,
        Self::Languages,
        Self::Place,
        Self::Interests,
        Self::Wanted,
        Self::Ages,
        Self::Reach,
        Self::Yields,
        Self::Texts,
    ];

    /// What a text answers while this page is the last that was opened.
    #[must_use]
    pub fn asks(self) -> Option<Dialogue> {
        match self {
            Self::Age => Some(Dialogue::Age),
            Self::Place => Some(Dialogue::Place),
            Self::Interests => Some(Dialogue::Interests),
            Self::Ages => Some(Dialogue::Ages),
            Self::Home
            | Self::Profile
            | Self::Gender
            | Self::Languages
            | Self::Wanted
            | Self::Reach
            | Self::Yields
            | Self::Texts => None,
        }
    }
}

/// What the next text of somebody who is in no room answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialogue {
    /// Their age.
    Age,
    /// Where they are.
    Place,
    /// What they like to talk about.
    Interests,
    /// The ages they want to meet.
    Ages,
}

impl Dialogue {
    /// Every dialogue.
    pub const ALL: [Self; 4] = [Self::Age, Self::Place, Self::Interests, Self::Ages];

    /// Its name in storage.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Age => 'a',
            Self::Place => 'p',
            Self::Interests => 'i',
            Self::Ages => 'r',
        }
    }

    /// The page that asks.
    #[must_use]
    pub fn page(self) -> Page {
        match self {
            Self::Age => Page::Age,
            Self::Place => Page::Place,
            Self::Interests => Page::Interests,
            Self::Ages => Page::Ages,
        }
    }

    /// The dialogue of a letter.
    #[must_use]
    pub fn of_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|dialogue| dialogue.letter() == letter)
    }
}

/// What a step does to the dialogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Asking {
    /// It stays as it is.
    #[default]
    AsBefore,
    /// Texts answer nothing any more.
    Nothing,
    /// The next text answers this.
    For(Dialogue),
}

/// A place of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spotted {
    /// A city.
    City(CityId),
    /// A country.
    Country(Country),
}

/// A page, filled in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Panel {
    /// Which page.
    pub page: Page,
    /// What the user told of themselves.
    #[serde(default, skip_serializing_if = "is_default")]
    pub facts: Facts,
    /// Whom they want to meet.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wants: Wants,
    /// A text answers this page now. While in a room it does not: texts are for the partner.
    #[serde(default, skip_serializing_if = "is_default")]
    pub typing: bool,
    /// The operator wants this page answered before the first search.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// Choices that are kept for those who have premium.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kept: Filters,
    /// Places found by a typed name, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Spotted>,
}

/// Why an answer was not taken: each is said with what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    /// No age, or none that may chat.
    Age,
    /// No range of ages.
    Ages,
    /// The higher age came first.
    UpsideDown {
        /// Where it was to begin.
        from: u8,
        /// Where it was to end.
        to: u8,
    },
    /// No place of the catalogue has such a name.
    Place,
    /// More interests than anybody may have.
    TooManyInterests {
        /// How many.
        given: u32,
    },
    /// More languages than anybody may have.
    TooManyLanguages,
    /// Something that is not in the list of interests.
    Interests,
    /// A wish that comes with premium, of somebody who has none.
    ForPremium,
    /// A city was wanted of somebody who did not say which one is theirs, or nearness without a place.
    NoPlace,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_name_dialogues_and_pages_lead_back() {
        for dialogue in Dialogue::ALL {
            assert_eq!(Dialogue::of_letter(dialogue.letter()), Some(dialogue));
            assert_eq!(dialogue.page().asks(), Some(dialogue));
        }
        assert_eq!(Dialogue::of_letter('x'), None);
        let asking = Page::ALL.into_iter().filter(|page| page.asks().is_some()).count();
        assert_eq!(asking, Dialogue::ALL.len());
    }
}
