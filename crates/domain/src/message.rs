//! Kinds of messages people send each other.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What a message is. Stored in the journal by its name; content is not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum MessageKind {
            $($(#[$doc])* #[serde(rename = $text)] $name),*
        }

        impl MessageKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stored name: that of the Bot API's field.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

kinds! {
    /// Plain text.
    Text = "text",
    /// A photo.
    Photo = "photo",
    /// A video.
    Video = "video",
    /// A GIF or silent video.
    Animation = "animation",
    /// Music.
    Audio = "audio",
    /// A voice note.
    Voice = "voice",
    /// A round video.
    VideoNote = "video_note",
    /// Any file.
    Document = "document",
    /// A sticker.
    Sticker = "sticker",
    /// Someone's contact.
    Contact = "contact",
    /// A point on the map, live or not.
    Location = "location",
    /// A named point on the map.
    Venue = "venue",
    /// A poll or quiz.
    Poll = "poll",
    /// A die, which rolls again when copied.
    Dice = "dice",
    /// A game.
    Game = "game",
    /// A story.
    Story = "story",
    /// Media behind a price; cannot be copied.
    PaidMedia = "paid_media",
    /// A giveaway; cannot be copied.
    Giveaway = "giveaway",
    /// An invoice; cannot be copied.
    Invoice = "invoice",
    /// Something Telegram says about the chat itself; cannot be copied.
    Service = "service",
    /// A kind this version does not know; tried as a copy.
    Other = "other",
}

impl MessageKind {
    /// Whether `copyMessage` takes it (source: Bot API, `copyMessage`). Quizzes are decided by Telegram.
    #[must_use]
    pub fn copyable(self) -> bool {
        !matches!(self, Self::PaidMedia | Self::Giveaway | Self::Invoice | Self::Service | Self::Story)
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no [`MessageKind`].
#[derive(Debug, thiserror::Error)]
#[error("not a message kind: {0:?}")]
pub struct NoMessageKind(pub String);

impl FromStr for MessageKind {
    type Err = NoMessageKind;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| NoMessageKind(text.to_owned()))
    }
}
