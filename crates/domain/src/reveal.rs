//! What a message may reveal of its writer.

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
