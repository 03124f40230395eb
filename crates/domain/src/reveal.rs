//! What a message may reveal of its writer, and why else it may not simply pass.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Something by which a stranger could find the writer of a message, or be led elsewhere. Ordered: of several, the first
/// says most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reveal {
    /// A contact card, or a file that is one.
    Contact,
    /// Somebody's name on Telegram: `@name`, a name that opens a profile, a `t.me` link.
    Mention,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// Any other link.
    Link,
}

impl Reveal {
    /// Everything a message may reveal.
    pub const ALL: [Self; 5] = [Self::Contact, Self::Mention, Self::Phone, Self::Email, Self::Link];

    /// Its name, as texts choose by it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Mention => "mention",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Link => "link",
        }
    }
}

/// Why a message is asked about, or held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "&str", try_from = "Cow<str>")]
pub enum Concern {
    /// It reveals something.
    Reveals(Reveal),
    /// It has a word in it that the house does not want.
    Word,
    /// Its writer wrote the same to many people.
    Repeat,
}

impl Concern {
    /// Its name, as it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reveals(what) => what.name(),
            Self::Word => "word",
            Self::Repeat => "repeat",
        }
    }
}

impl From<Reveal> for Concern {
    fn from(what: Reveal) -> Self {
        Self::Reveals(what)
    }
}

impl From<Concern> for &str {
    fn from(concern: Concern) -> Self {
        concern.name()
    }
}

/// A text that names no concern.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no concern: {0:?}")]
pub struct NoConcern(String);

impl TryFrom<Cow<'_, str>> for Concern {
    type Error = NoConcern;

    fn try_from(name: Cow<'_, str>) -> Result<Self, NoConcern> {
        let others = [Self::Word, Self::Repeat];
        let mut all = Reveal::ALL.into_iter().map(Self::Reveals).chain(others);
        all.find(|concern| concern.name() == name).ok_or_else(|| NoConcern(name.into_owned()))
    }
}
