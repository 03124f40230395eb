//! Buttons and reply parameters: parts of several methods.

use serde::Serialize;

/// `InlineKeyboardMarkup`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InlineKeyboard {
    /// Rows of buttons.
    pub inline_keyboard: Vec<Vec<InlineButton>>,
}

/// `InlineKeyboardButton`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InlineButton {
    /// What it says.
    pub text: String,
    /// What a press does.
    #[serde(flatten)]
    pub does: Press,
}

/// What a press of a button does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Press {
    /// This comes back, 1-64 bytes.
    #[serde(rename = "callback_data")]
    Data(String),
    /// This address is opened.
    #[serde(rename = "url")]
    Url(String),
}

/// `ReplyParameters`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReplyParameters {
    /// The message replied to, in the chat the reply goes to.
    pub message_id: i64,
    /// Send even if that message is gone.
    pub allow_sending_without_reply: bool,
}

/// `LinkPreviewOptions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LinkPreview {
    /// No preview of links.
    pub is_disabled: bool,
}
