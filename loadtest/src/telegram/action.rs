//! What a user can do, and what they see.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::content::{Buttons, Kind};
use super::event::{MessageId, UpdateId};

/// Something a user does in their private chat with a bot.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Opens the bot for the first time or again: `/start`, with a payload when they came by a link.
    /// Unblocks a blocked bot first, as Telegram's button does.
    Start {
        /// 0-64 of A-Z a-z 0-9 _ -.
        payload: Option<String>,
    },
    /// Writes a message. A text that begins with `/` is a command and carries its entity.
    Write(Writing),
    /// Changes the text or caption of a message of their own.
    Edit {
        /// The message.
        message_id: MessageId,
        /// The new text or caption.
        text: String,
    },
    /// Presses a button that stands under a message now.
    Press {
        /// The message.
        message_id: MessageId,
        /// The button's callback data.
        data: String,
    },
    /// Presses a button that does not stand there: a client of one's own can say what it likes, under any message of the bot.
    Forge {
        /// The message.
        message_id: MessageId,
        /// The callback data, 1-64 bytes.
        data: String,
    },
    /// Puts a reaction on a message, or takes it away. No update follows unless the bot asked for
    /// `message_reaction` in `allowed_updates`.
    React {
        /// The message.
        message_id: MessageId,
        /// The emoji; none takes it away.
        emoji: Option<String>,
    },
    /// Pays what an invoice asks for. The bot is asked first.
    Pay {
        /// The message with the invoice.
        message_id: MessageId,
    },
    /// Pays what a link of `createInvoiceLink` leads to. The bot is asked first.
    PayLink {
        /// The link.
        link: String,
    },
    /// Pays the next month of a subscription, as Telegram does by itself.
    Renew {
        /// `telegram_payment_charge_id` of a month before.
        charge: String,
    },
    /// Gets a payment back from Telegram itself.
    Reclaim {
        /// `telegram_payment_charge_id`.
        charge: String,
    },
    /// Blocks the bot.
    Block,
    /// Unblocks the bot without writing.
    Unblock,
    /// Deletes their account. Makes no update.
    Deactivate,
}

impl Action {
    /// Writes a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Write(Writing { text: Some(text.into()), ..Writing::of(Kind::Text) })
    }

    /// Answers a message with a text.
    pub fn reply(to: MessageId, text: impl Into<String>) -> Self {
        Self::Write(Writing { text: Some(text.into()), reply_to: Some(to), ..Writing::of(Kind::Text) })
    }

    /// Sends a message of this kind, without caption.
    pub fn send(kind: Kind) -> Self {
        Self::Write(Writing::of(kind))
    }
}

/// A message as a user writes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Writing {
    /// What it is.
    pub kind: Kind,
    /// The text (1-4096 characters), or the caption (0-1024) where the kind has one.
    #[serde(default)]
    pub text: Option<String>,
    /// The message of the same chat it answers.
    #[serde(default)]
    pub reply_to: Option<MessageId>,
    /// The part of that message's text it quotes.
    #[serde(default)]
    pub quote: Option<String>,
    /// `media_group_id`: the same for the 2-10 messages of an album, which are written one by one.
    #[serde(default)]
    pub album: Option<String>,
    /// Whether it comes from a bot's forward or a secret chat and may not be copied on.
    #[serde(default)]
    pub protected: bool,
    /// The size of its file in bytes, where that matters; over 20 MiB `getFile` refuses it.
    #[serde(default)]
    pub file_size: Option<u64>,
}

impl Writing {
    /// A bare message of this kind.
    pub fn of(kind: Kind) -> Self {
        Self { kind, text: None, reply_to: None, quote: None, album: None, protected: false, file_size: None }
    }
}

/// What came of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Acted {
    /// The update that tells the bot; none where the action makes none, the bot did not ask for this kind,
    /// or the queue is full.
    pub update_id: Option<UpdateId>,
    /// The message written, or acted on.
    pub message_id: Option<MessageId>,
}

/// Why a user could not do it: what Telegram's apps would not let them do either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotAct {
    /// No such bot.
    #[error("no such bot")]
    NoBot,
    /// They never started this bot.
    #[error("the user never started this bot")]
    NotStarted,
    /// They blocked this bot.
    #[error("the user blocked this bot")]
    Blocked,
    /// Their account is gone.
    #[error("the user's account is deleted")]
    Deactivated,
    /// The message does not stand in the chat (any more).
    #[error("no such message in this chat")]
    NoMessage,
    /// The button does not stand under the message (any more).
    #[error("no such button under this message")]
    NoButton,
    /// Nothing that can be paid, or given back (any more).
    #[error("no such invoice, subscription or payment")]
    NoInvoice,
    /// Not their own message, or a kind that cannot be edited.
    #[error("the user cannot edit this message")]
    NotEditable,
    /// Empty or longer than Telegram's apps allow.
    #[error("text is empty or too long")]
    BadText,
}

/// Who a user is, as bots see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// First name.
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// Name without `@`.
    #[serde(default)]
    pub username: Option<String>,
    /// IETF tag of their app's language, which may be missing.
    #[serde(default)]
    pub language_code: Option<String>,
}

/// A message as it stands in a chat.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    /// Its id in this chat.
    pub message_id: MessageId,
    /// Whether the bot wrote it (or the user).
    pub from_bot: bool,
    /// What it is.
    pub kind: Kind,
    /// Its text or caption.
    pub text: Option<Arc<str>>,
    /// The file it carries.
    pub file: Option<u64>,
    /// The buttons under it.
    pub buttons: Buttons,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// Whether it was edited.
    pub edited: bool,
    /// The album it belongs to (`media_group_id`).
    pub album: Option<Arc<str>>,
    /// The bot's reaction on it.
    pub reaction: Option<Arc<str>>,
}
