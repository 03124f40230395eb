//! What crosses from one bot to another. A bot cannot copy what was written to another one, so content has to travel:
//! it lies in an entry of the outbox until it is sent, and nowhere else.

use serde::{Deserialize, Serialize};

use crate::message::MessageKind;
use crate::outbox::Copy;
use crate::wish::is_default;

/// A partner's message that came by another bot. Its `Debug` shows no content.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Carry {
    /// Which message.
    pub copy: Copy,
    /// What it says.
    pub parcel: Parcel,
}

/// What a message says, as far as another bot can say it again. Entities and objects are the Bot API's own JSON.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parcel {
    /// A text.
    Text {
        /// 1-4096 characters.
        text: String,
        /// JSON array of `MessageEntity`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entities: Option<String>,
    },
    /// A contact, or a point on the map: the JSON of the field that holds it.
    Object {
        /// The JSON.
        json: String,
    },
    /// A file, with what is said about it.
    File(Box<Medium>),
}

/// A file in a message. The file itself stays in Telegram.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Medium {
    /// What it is.
    pub kind: MessageKind,
    /// Its `file_id`, good for the bot it came by.
    pub id: String,
    /// Its `file_unique_id`, the same for every bot.
    pub unique: String,
    /// Its size in bytes, if Telegram said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The text under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// JSON array of `MessageEntity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<String>,
    /// The caption stands above.
    #[serde(default, skip_serializing_if = "is_default")]
    pub above: bool,
    /// It is covered until touched.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spoiler: bool,
    /// What Telegram is told when it is uploaded.
    #[serde(default, skip_serializing_if = "is_default")]
    pub traits: Traits,
}

/// What is known of a file beside its content. Which of these a kind has is the Bot API's to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Traits {
    /// `file_name`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `mime_type`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// `title` of music.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `performer` of music.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub performer: Option<String>,
    /// `emoji` of a sticker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// `duration` in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// `width`, or `length` of a round video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// `height`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

impl Parcel {
    /// More than this is not held for anybody: the largest text with all its formatting is a third of it.
    pub const MOST_BYTES: usize = 48 << 10;

    /// Roughly the bytes it takes in an outbox.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let of = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        match self {
            Self::Text { text, entities } => text.len() + of(entities),
            Self::Object { json } => json.len(),
            Self::File(medium) => {
                let Medium { id, unique, caption, entities, traits, .. } = &**medium;
                let Traits { name, mime, title, performer, emoji, .. } = traits;
                let texts = [caption, entities, name, mime, title, performer, emoji];
                id.len() + unique.len() + texts.into_iter().map(of).sum::<usize>()
            }
        }
    }
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text { .. } => f.write_str("Text"),
            Self::Object { .. } => f.write_str("Object"),
            Self::File(medium) => medium.fmt(f),
        }
    }
}

impl std::fmt::Debug for Medium {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Medium").field("kind", &self.kind).field("size", &self.size).finish_non_exhaustive()
    }
}
