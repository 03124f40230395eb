//! Languages and interests: short lists of things that are equal or not.

use std::fmt;
use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use super::{List, WishError};

/// A language people speak: two letters of ISO 639-1. (The first is never zero, so that no language takes no room.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tongue(NonZeroU8, u8);

impl Tongue {
    /// The language of a two-letter code.
    pub fn new(code: &str) -> Result<Self, WishError> {
        match code.to_ascii_lowercase().as_bytes() {
            &[first, second] if first.is_ascii_lowercase() && second.is_ascii_lowercase() => {
                Ok(Self(NonZeroU8::new(first).expect("no letter is zero"), second))
            }
            _ => Err(WishError::Language(code.to_owned())),
        }
    }

    /// The two letters.
    pub(crate) fn letters(self) -> [u8; 2] {
        [self.0.get(), self.1]
    }

    /// One of 64 marks, the same for the same language: what tells quickly that two sets have nothing in common.
    pub(crate) fn mark(self) -> u64 {
        1 << ((u32::from(self.0.get()) * 26 + u32::from(self.1)) % 64)
    }
}

impl fmt::Display for Tongue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.letters()).expect("two ASCII letters"))
    }
}

impl TryFrom<String> for Tongue {
    type Error = WishError;
    fn try_from(code: String) -> Result<Self, WishError> {
        Self::new(&code)
    }
}

impl From<Tongue> for String {
    fn from(language: Tongue) -> Self {
        language.to_string()
    }
}

/// The languages somebody speaks, best first, at most [`Tongues::MOST`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Tongue>", into = "Vec<Tongue>")]
pub struct Tongues([Option<Tongue>; Self::MOST]);

impl Tongues {
    /// So many and no more.
    pub const MOST: usize = 4;

    /// These languages.
    pub fn new(languages: &[Tongue]) -> Result<Self, WishError> {
        if languages.len() > Self::MOST {
            return Err(WishError::TooMany { given: languages.len(), what: List::Languages });
        }
        let mut list = [None; Self::MOST];
        for (place, language) in list.iter_mut().zip(languages) {
            *place = Some(*language);
        }
        Ok(Self(list))
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = Tongue> {
        self.0.iter().map_while(|language| *language)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0[0].is_none()
    }

    /// The marks of all.
    pub(crate) fn marks(self) -> u64 {
        self.iter().fold(0, |marks, language| marks | language.mark())
    }

    /// Whether the two have a language in common.
    #[must_use]
    pub fn meet(&self, other: &Self) -> bool {
        self.iter().any(|language| other.0.contains(&Some(language)))
    }
}

impl TryFrom<Vec<Tongue>> for Tongues {
    type Error = WishError;
    fn try_from(languages: Vec<Tongue>) -> Result<Self, WishError> {
        Self::new(&languages)
    }
}

impl From<Tongues> for Vec<Tongue> {
    fn from(languages: Tongues) -> Self {
        languages.iter().collect()
    }
}

/// A thing somebody likes to talk about, as a number: tickets compare tags and never show them. Two tags share a number
/// once in 65,535; then two people meet who have less in common than it seemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Interest(pub u16);

impl Interest {
    /// The number of a tag, whatever its case and the space around it. Never 0.
    #[must_use]
    pub fn of_text(tag: &str) -> Self {
        // FNV-1a, folded to sixteen bits: small, and the same in every version.
        let hash = tag
            .trim()
            .to_lowercase()
            .bytes()
            .fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let folded = ((hash >> 16) ^ hash) & 0xFFFF;
        Self(u16::try_from(folded).expect("sixteen bits").max(1))
    }
}

/// Somebody's interests, at most [`Interests::MOST`], each once, in ascending order; 0 fills what is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Interest>", into = "Vec<Interest>")]
pub struct Interests {
    tags: [u16; Self::MOST],
    len: u8,
}

impl Interests {
    /// So many and no more.
    pub const MOST: usize = 10;

    /// These interests, each once.
    pub fn new(interests: &[Interest]) -> Result<Self, WishError> {
        let mut numbers: Vec<u16> = interests.iter().map(|interest| interest.0).filter(|n| *n != 0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let len = u8::try_from(numbers.len()).ok().filter(|len| usize::from(*len) <= Self::MOST);
        let len = len.ok_or(WishError::TooMany { given: interests.len(), what: List::Interests })?;
        let mut tags = [0; Self::MOST];
        tags[..numbers.len()].copy_from_slice(&numbers);
        Ok(Self { tags, len })
    }

    /// The interests of these tags.
    pub fn of_texts<'a>(tags: impl IntoIterator<Item = &'a str>) -> Result<Self, WishError> {
        let interests: Vec<Interest> = tags.into_iter().map(Interest::of_text).collect();
        Self::new(&interests)
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = Interest> {
        self.tags[..usize::from(self.len)].iter().map(|tag| Interest(*tag))
    }

    /// How many the two have in common.
    #[must_use]
    pub fn common(&self, other: &Self) -> usize {
        // No early end and no merge: so short a loop over so small an array is a handful of vector instructions.
        #[expect(clippy::needless_bitwise_bool, reason = "a lazy operator would be a branch")]
        let has =
            |tag: &u16| usize::from(other.tags.iter().fold(false, |found, theirs| found | (theirs == tag)));
        self.tags[..usize::from(self.len)].iter().map(has).sum()
    }
}

impl TryFrom<Vec<Interest>> for Interests {
    type Error = WishError;
    fn try_from(interests: Vec<Interest>) -> Result<Self, WishError> {
        Self::new(&interests)
    }
}

impl From<Interests> for Vec<Interest> {
    fn from(interests: Interests) -> Self {
        interests.iter().collect()
    }
}
