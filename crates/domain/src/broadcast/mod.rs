//! Broadcasts: one message to everybody, or to a part of them.

mod course;
mod message;
mod segment;
mod tally;

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use self::course::{Course, Order};
pub use self::message::{Message, Original, Text};
pub use self::segment::{NoSegment, Segment};
pub use self::tally::{Delivery, Tally};
use crate::id::{BotId, MessageId, UserId};

/// A broadcast's number. Live state counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BroadcastId(pub u32);

impl fmt::Display for BroadcastId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for BroadcastId {
    type Err = ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Who began a broadcast in a chat, and which message there tells how it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Author {
    /// The administrator.
    pub user: UserId,
    /// The bot they did it by.
    pub bot: BotId,
    /// The message, in their chat.
    pub message: MessageId,
}

/// All that is decided about a broadcast before it begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Plan {
    /// What is said.
    pub message: Message,
    /// To whom.
    pub to: Segment,
    /// Who began it; none: an operator on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

impl Plan {
    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("plans have string keys and no failing serializer")
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Language;

    const BOT: BotId = BotId(7_000_000_001);

    #[test]
    fn plans_are_read_as_they_were_stored() {
        let author = Author { user: UserId(1), bot: BOT, message: MessageId(2) };
        let texts = Message::Texts(vec![Text { language: Language::Ar, text: "x".into() }]);
        for by in [None, Some(author)] {
            let plan = Plan { message: texts.clone(), to: "fa,7000000001,f,IR,30".parse().unwrap(), by };
            assert_eq!(Plan::from_json(&plan.to_json()).unwrap(), plan);
        }
        assert!(!format!("{texts:?}").contains("\"x\""), "{texts:?}");
    }
}
