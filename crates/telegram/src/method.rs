//! Methods of the Bot API, each a type. Field names are those of the specification; what is `None` is not sent.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::answer::Placed;
use crate::client::CALL_TIMEOUT;
use crate::markup::{InlineKeyboard, LinkPreview, ReplyParameters};
use crate::update::ReactionType;

/// A method: serializes to its parameters.
pub trait Method: Serialize + Sync {
    /// Its name in the URL.
    const NAME: &'static str;
    /// What `result` holds.
    type Answer: DeserializeOwned + Send;
    /// How long its answer may take.
    fn timeout(&self) -> Duration {
        CALL_TIMEOUT
    }
}

macro_rules! methods {
    ($($type:ident = $name:literal -> $answer:ty;)*) => {
        $(impl Method for $type {
            const NAME: &'static str = $name;
            type Answer = $answer;
        })*
    };
}

methods! {
    SendMessage = "sendMessage" -> Placed;
    CopyMessage = "copyMessage" -> Placed;
    CopyMessages = "copyMessages" -> Placed;
    EditMessageText = "editMessageText" -> Placed;
    EditMessageCaption = "editMessageCaption" -> Placed;
    EditMessageMedia = "editMessageMedia" -> Placed;
    EditMessageReplyMarkup = "editMessageReplyMarkup" -> Placed;
    DeleteMessage = "deleteMessage" -> bool;
    DeleteMessages = "deleteMessages" -> bool;
    SetMessageReaction = "setMessageReaction" -> bool;
    AnswerCallbackQuery = "answerCallbackQuery" -> bool;
    SendChatAction = "sendChatAction" -> bool;
    SetWebhook = "setWebhook" -> bool;
    DeleteWebhook = "deleteWebhook" -> bool;
    GetWebhookInfo = "getWebhookInfo" -> WebhookInfo;
    GetMe = "getMe" -> Me;
    SetMyCommands = "setMyCommands" -> bool;
    SetMyName = "setMyName" -> bool;
    SetMyDescription = "setMyDescription" -> bool;
    SetMyShortDescription = "setMyShortDescription" -> bool;
}

/// JSON that is passed through as it came: entities and media of a message.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Json(Box<RawValue>);

impl Json {
    /// Takes over `text` if it is JSON.
    #[must_use]
    pub fn new(text: String) -> Option<Self> {
        RawValue::from_string(text).ok().map(Self)
    }

    /// The text.
    #[must_use]
    pub fn get(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for Json {}

/// Sends a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SendMessage {
    /// The chat.
    pub chat_id: i64,
    /// 1-4096 characters.
    pub text: String,
    /// Formatting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entities: Option<Json>,
    /// What becomes of links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_preview_options: Option<LinkPreview>,
    /// It can be neither forwarded nor saved.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub protect_content: bool,
    /// What it replies to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_parameters: Option<ReplyParameters>,
    /// Buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<InlineKeyboard>,
}

/// Sends a copy of a message, without its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopyMessage {
    /// Where it goes.
    pub chat_id: i64,
    /// Where it is.
    pub from_chat_id: i64,
    /// Its id there.
    pub message_id: i64,
    /// What the copy replies to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_parameters: Option<ReplyParameters>,
    /// It can be neither forwarded nor saved.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub protect_content: bool,
}

/// Sends copies of several messages of one chat, albums as albums. What cannot be copied is skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopyMessages {
    /// Where they go.
    pub chat_id: i64,
    /// Where they are.
    pub from_chat_id: i64,
    /// 1-100 ids there, each greater than the one before.
    pub message_ids: Vec<i64>,
    /// They can be neither forwarded nor saved.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub protect_content: bool,
}

/// Changes a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditMessageText {
    /// The chat.
    pub chat_id: i64,
    /// The message.
    pub message_id: i64,
    /// 1-4096 characters.
    pub text: String,
    /// Formatting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entities: Option<Json>,
    /// Buttons; without them those before go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<InlineKeyboard>,
}

/// Changes a caption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditMessageCaption {
    /// The chat.
    pub chat_id: i64,
    /// The message.
    pub message_id: i64,
    /// 0-1024 characters; empty removes it.
    pub caption: String,
    /// Formatting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption_entities: Option<Json>,
}

/// Changes a message's media, with its caption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditMessageMedia {
    /// The chat.
    pub chat_id: i64,
    /// The message.
    pub message_id: i64,
    /// `InputMedia`.
    pub media: Json,
}

impl EditMessageMedia {
    /// The name of the part that `media` refers to as a file that comes with the request.
    pub const PART: &'static str = "file";
    /// How `media` refers to it.
    pub const ENCLOSED: &'static str = "attach://file";

    /// That part, if `media` refers to it.
    pub(crate) fn encloses(&self) -> Option<&'static str> {
        self.media.get().contains(Self::ENCLOSED).then_some(Self::PART)
    }
}

/// Changes the buttons under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditMessageReplyMarkup {
    /// The chat.
    pub chat_id: i64,
    /// The message.
    pub message_id: i64,
    /// The buttons; none removes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<InlineKeyboard>,
}

/// Deletes a message, within 48 h of its sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DeleteMessage {
    /// The chat.
    pub chat_id: i64,
    /// The message.
    pub message_id: i64,
}

/// Deletes messages of one chat. Those that are not found are skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeleteMessages {
    /// The chat.
    pub chat_id: i64,
    /// 1-100 messages.
    pub message_ids: Vec<i64>,
}

/// Puts the bot's reaction on a message, in place of the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetMessageReaction {
    /// The chat.
    pub chat_id: i64,
    /// The message.
    pub message_id: i64,
    /// One at most; none takes the reaction away.
    pub reaction: Vec<ReactionType>,
}

/// Ends the spinner on a pressed button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerCallbackQuery {
    /// `CallbackQuery.id`.
    pub callback_query_id: String,
    /// Shown for a moment, at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Shows "typing" or the like for at most 5 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SendChatAction {
    /// The chat.
    pub chat_id: i64,
    /// What it shows.
    pub action: ChatAction,
}

/// `action` of [`SendChatAction`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatAction {
    /// A text is being written.
    Typing,
    /// A photo comes.
    UploadPhoto,
    /// A video comes.
    UploadVideo,
    /// A voice note comes.
    UploadVoice,
    /// A file comes.
    UploadDocument,
}

/// Registers where updates are pushed.
#[derive(Clone, Debug, Serialize)]
pub struct SetWebhook {
    /// HTTPS address; ports 443, 80, 88, 8443.
    pub url: String,
    /// Sent back in `X-Telegram-Bot-Api-Secret-Token`: 1-256 of `A-Z a-z 0-9 _ -`.
    #[serde(serialize_with = "exposed")]
    pub secret_token: SecretString,
    /// 1-100, Telegram's default is 40.
    pub max_connections: u8,
    /// Kinds of updates wanted.
    pub allowed_updates: Vec<&'static str>,
    /// Forget what waits.
    pub drop_pending_updates: bool,
}

fn exposed<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

/// Ends pushing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DeleteWebhook {
    /// Forget what waits.
    pub drop_pending_updates: bool,
}

/// Asks how pushing goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GetWebhookInfo {}

/// `WebhookInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookInfo {
    /// Where; empty if nowhere.
    pub url: String,
    /// The certificate of the address was uploaded.
    pub has_custom_certificate: bool,
    /// Updates that wait, those in flight included.
    pub pending_update_count: u64,
    /// The address Telegram connects to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// When pushing failed last, in seconds since the Unix epoch; stays after later successes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error_date: Option<i64>,
    /// How it failed then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error_message: Option<String>,
    /// As set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_connections: Option<u32>,
    /// As set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_updates: Option<Vec<String>>,
}

/// Asks who the token's bot is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GetMe {}

/// The bot itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Its id.
    pub id: i64,
    /// Its `@name`, without the `@`.
    #[serde(default)]
    pub username: Option<String>,
}

/// Fetches updates; refused (409) beside a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GetUpdates {
    /// The first update wanted; those before it are acknowledged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
    /// 1-100.
    pub limit: u8,
    /// Seconds to wait for something to come.
    pub timeout: u32,
    /// Kinds of updates wanted.
    pub allowed_updates: Vec<&'static str>,
}

impl Method for GetUpdates {
    const NAME: &'static str = "getUpdates";
    /// Updates as they came: one that cannot be read hides no other.
    type Answer = Vec<Box<RawValue>>;
    fn timeout(&self) -> Duration {
        CALL_TIMEOUT + Duration::from_secs(u64::from(self.timeout))
    }
}

/// Sets the list of commands Telegram shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetMyCommands {
    /// At most 100.
    pub commands: Vec<Command>,
    /// Two letters; without it the list is for everyone who has no list of their own language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_code: Option<&'static str>,
}

/// Sets the bot's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetMyName {
    /// At most 64 characters.
    pub name: String,
    /// Two letters; without it the name is for everyone who has none of their own language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_code: Option<&'static str>,
}

/// Sets what an empty chat with the bot shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetMyDescription {
    /// At most 512 characters.
    pub description: String,
    /// As for [`SetMyName`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_code: Option<&'static str>,
}

/// Sets what the bot's page shows, and links to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetMyShortDescription {
    /// At most 120 characters.
    pub short_description: String,
    /// As for [`SetMyName`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_code: Option<&'static str>,
}

/// `BotCommand`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Command {
    /// 1-32 of `a-z 0-9 _`.
    pub command: &'static str,
    /// 1-256 characters.
    pub description: String,
}
