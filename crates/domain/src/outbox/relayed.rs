//! A partner's message on its way: to be copied by reference, or changed after it was.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::id::{BotId, MessageId, UpdateId, UserId};
use crate::message::MessageKind;
use crate::parcel::Medium;

/// A message to copy (`copyMessage`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Copy {
    /// Who wrote it.
    pub from: UserId,
    /// Through which bot.
    pub bot: BotId,
    /// By which update.
    pub update: UpdateId,
    /// Its id in the writer's chat.
    pub message: MessageId,
    /// What it is.
    pub kind: MessageKind,
    /// What it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reference>,
    /// The album it belongs to, by Telegram's name for it (`media_group_id`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Its writer wants that it can be neither forwarded nor saved.
    #[serde(default, skip_serializing_if = "crate::wish::is_default")]
    pub protect: bool,
    /// When its webhook came in, by the state's clock: where `hamdam_relay_seconds` starts.
    pub at: Millis,
}

/// A message in a room, named from either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// Known by its id in the addressee's chat.
    There(MessageId),
    /// The writer's own message, by its id in the writer's chat: the sender looks up the copy in turn, when all
    /// earlier entries of the chat are out. Unknown ones go plain (reply) or are dropped (edit).
    Own(MessageId),
}

/// A changed message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Edit {
    /// Who changed it.
    pub from: UserId,
    /// Through which bot.
    pub bot: BotId,
    /// By which update.
    pub update: UpdateId,
    /// Its id in the writer's chat.
    pub message: MessageId,
    /// The new content.
    pub change: Change,
}

/// New content of a changed message. Entities and media are the Bot API's own JSON, passed through.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// `editMessageText`.
    Text {
        /// The text.
        text: String,
        /// JSON array of `MessageEntity`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entities: Option<String>,
    },
    /// `editMessageCaption`.
    Caption {
        /// The caption; empty removes it.
        caption: String,
        /// JSON array of `MessageEntity`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entities: Option<String>,
    },
    /// `editMessageMedia`.
    Media {
        /// JSON of `InputMedia`.
        media: String,
    },
    /// `editMessageMedia`, by another bot than the one the change came by.
    File(Box<Medium>),
}
