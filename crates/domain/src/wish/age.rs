//! Ages, and ranges of them.

use std::fmt;
use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use super::WishError;

/// An age in years, at least [`Age::LEAST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Age(NonZeroU8);

impl Age {
    /// Nobody younger chats with strangers, and no wish goes below it.
    pub const LEAST: Self = Self(NonZeroU8::new(18).expect("not zero"));
    /// The highest age that means anything.
    pub const MOST: Self = Self(NonZeroU8::new(99).expect("not zero"));

    /// An age of so many years.
    pub fn new(years: u8) -> Result<Self, WishError> {
        let allowed = Self::LEAST.years()..=Self::MOST.years();
        NonZeroU8::new(years).filter(|_| allowed.contains(&years)).map(Self).ok_or(WishError::Age(years))
    }

    /// In years.
    #[must_use]
    pub const fn years(self) -> u8 {
        self.0.get()
    }

    /// The allowed age nearest to so many years.
    fn near(years: u8) -> Self {
        Self::new(years.clamp(Self::LEAST.years(), Self::MOST.years())).expect("clamped to what is allowed")
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<u8> for Age {
    type Error = WishError;
    fn try_from(years: u8) -> Result<Self, WishError> {
        Self::new(years)
    }
}

impl From<Age> for u8 {
    fn from(age: Age) -> Self {
        age.years()
    }
}

/// A range of ages, both ends within it. The whole range is no wish: it takes those whose age is not known, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(u8, u8)", into = "(u8, u8)")]
pub struct AgeRange {
    from: Age,
    to: Age,
}

impl AgeRange {
    /// Any age.
    pub const ANY: Self = Self { from: Age::LEAST, to: Age::MOST };

    /// From one age to another.
    pub fn new(from: u8, to: u8) -> Result<Self, WishError> {
        let range = Self { from: Age::new(from)?, to: Age::new(to)? };
        if range.from > range.to { Err(WishError::UpsideDown { from, to }) } else { Ok(range) }
    }

    /// The youngest.
    #[must_use]
    pub const fn from(self) -> Age {
        self.from
    }

    /// The oldest.
    #[must_use]
    pub const fn to(self) -> Age {
        self.to
    }

    /// Whether somebody of this age is wished.
    #[must_use]
    pub fn takes(self, age: Option<Age>) -> bool {
        match age {
            Some(age) => self.from <= age && age <= self.to,
            None => self == Self::ANY,
        }
    }

    /// The range with so many years more below and above, as far as ages go.
    #[must_use]
    pub fn wider_by(self, below: u8, above: u8) -> Self {
        Self {
            from: Age::near(self.from.years().saturating_sub(below)),
            to: Age::near(self.to.years().saturating_add(above)),
        }
    }
}

impl Default for AgeRange {
    fn default() -> Self {
        Self::ANY
    }
}

impl TryFrom<(u8, u8)> for AgeRange {
    type Error = WishError;
    fn try_from((from, to): (u8, u8)) -> Result<Self, WishError> {
        Self::new(from, to)
    }
}

impl From<AgeRange> for (u8, u8) {
    fn from(range: AgeRange) -> Self {
        (range.from.years(), range.to.years())
    }
}
