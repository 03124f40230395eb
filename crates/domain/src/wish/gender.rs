//! Genders, and sets of them.

use serde::{Deserialize, Serialize};

/// A gender, as a user names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// A woman.
    Female,
    /// A man.
    Male,
    /// Neither, or both.
    Other,
}

impl Gender {
    /// Every gender.
    pub const ALL: [Self; 3] = [Self::Female, Self::Male, Self::Other];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The genders somebody wants to meet, never none. All of them is no wish: it takes those who did not say, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Gender>", into = "Vec<Gender>")]
pub struct Genders(u8);

impl Genders {
    /// Whoever it is.
    pub const ALL: Self = Self(0b111);

    /// What comes before every other set in order.
    pub(crate) const LEAST: Self = Self(0);

    /// One gender only.
    #[must_use]
    pub const fn only(gender: Gender) -> Self {
        Self(gender.bit())
    }

    /// These, and one more.
    #[must_use]
    pub const fn with(self, gender: Gender) -> Self {
        Self(self.0 | gender.bit())
    }

    /// Whether somebody of this gender is wished.
    #[must_use]
    pub const fn takes(self, gender: Option<Gender>) -> bool {
        match gender {
            Some(gender) => self.0 & gender.bit() != 0,
            None => self.0 == Self::ALL.0,
        }
    }
}

impl Default for Genders {
    fn default() -> Self {
        Self::ALL
    }
}

impl From<Vec<Gender>> for Genders {
    /// Of none, all: nobody wishes for nobody.
    fn from(genders: Vec<Gender>) -> Self {
        let bits = genders.into_iter().fold(0, |bits, gender| bits | gender.bit());
        if bits == 0 { Self::ALL } else { Self(bits) }
    }
}

impl From<Genders> for Vec<Gender> {
    fn from(genders: Genders) -> Self {
        Gender::ALL.into_iter().filter(|gender| genders.takes(Some(*gender))).collect()
    }
}
