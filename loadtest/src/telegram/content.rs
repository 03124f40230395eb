//! What messages are made of.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $field:literal),* $(,)?) => {
        /// What a message is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $field)] $name),*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The field of `Message` that holds it.
            pub fn field(self) -> &'static str {
                match self { $(Self::$name => $field),* }
            }
        }
    };
}

kinds! {
    /// Text.
    Text = "text",
    /// A photo.
    Photo = "photo",
    /// A video.
    Video = "video",
    /// A GIF or a video without sound.
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
    /// A point on the map.
    Location = "location",
    /// A named point on the map.
    Venue = "venue",
    /// A poll.
    Poll = "poll",
    /// A quiz whose answer the bot does not know; cannot be copied.
    Quiz = "quiz",
    /// A die.
    Dice = "dice",
    /// A game.
    Game = "game",
    /// A forwarded story; cannot be copied.
    Story = "story",
    /// Media behind a price; cannot be copied.
    PaidMedia = "paid_media",
    /// A giveaway; cannot be copied.
    Giveaway = "giveaway",
    /// An invoice; cannot be copied.
    Invoice = "invoice",
    /// Something Telegram says about the chat (here: a message was pinned); cannot be copied.
    Service = "pinned_message",
    /// Telegram says that the user paid; cannot be copied.
    Payment = "successful_payment",
    /// Telegram says that a payment went back; cannot be copied.
    Refund = "refunded_payment",
}

impl Kind {
    /// Whether `copyMessage` takes it (source: Bot API, `copyMessage`).
    pub fn copyable(self) -> bool {
        !self.is_service()
            && !matches!(self, Self::Quiz | Self::Story | Self::PaidMedia | Self::Giveaway | Self::Invoice)
    }

    /// Whether it is something that Telegram says, and nobody wrote.
    pub fn is_service(self) -> bool {
        matches!(self, Self::Service | Self::Payment | Self::Refund)
    }

    /// Whether it is a file with a `file_id`.
    pub fn is_file(self) -> bool {
        matches!(
            self,
            Self::Photo
                | Self::Video
                | Self::Animation
                | Self::Audio
                | Self::Voice
                | Self::VideoNote
                | Self::Document
                | Self::Sticker
        )
    }

    /// Whether it may carry a caption.
    pub fn has_caption(self) -> bool {
        matches!(
            self,
            Self::Photo | Self::Video | Self::Animation | Self::Audio | Self::Voice | Self::Document
        )
    }
}

/// A button under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Button {
    /// What it says.
    pub text: Arc<str>,
    /// Its callback data; none for a button that opens a link.
    pub data: Option<Arc<str>>,
    /// The link it opens.
    pub url: Option<Arc<str>>,
}

/// Rows of buttons; empty when there are none.
pub type Buttons = Arc<[Vec<Button>]>;
