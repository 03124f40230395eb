//! What Telegram pushes. One object, one event.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::lenient::{Object, scalar};
use crate::message::Message;
use crate::payment::PreCheckoutQuery;

/// Kinds of updates this crate reads; what `setWebhook` asks for (`allowed_updates`). Reactions come only to those who
/// name them.
pub const ALLOWED_UPDATES: [&str; 6] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "message_reaction",
    "pre_checkout_query",
];

/// An update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Grows by one per update of a bot.
    pub update_id: i64,
    /// What happened.
    pub event: Event,
}

impl Update {
    /// Reads the body of a webhook request.
    pub fn from_json(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }

    /// The kind of update as Telegram names it, or `other`: a label from a closed set.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.event {
            Event::Message(_) => "message",
            Event::EditedMessage(_) => "edited_message",
            Event::CallbackQuery(_) => "callback_query",
            Event::MessageReaction(_) => "message_reaction",
            Event::MyChatMember(_) => "my_chat_member",
            Event::PreCheckoutQuery(_) => "pre_checkout_query",
            Event::Other => "other",
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A new message.
    Message(Message),
    /// A message was changed; this is how it stands now.
    EditedMessage(Message),
    /// A button was pressed.
    CallbackQuery(CallbackQuery),
    /// Somebody changed their reactions on a message.
    MessageReaction(Reacted),
    /// The bot's own standing in a chat changed: in a private chat, it was blocked or unblocked.
    MyChatMember(MemberChange),
    /// Somebody is about to pay.
    PreCheckoutQuery(PreCheckoutQuery),
    /// A kind this crate does not read.
    Other,
}

impl Event {
    /// The message that was written or changed; of a press the one that its message answers, as it stands now.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::Message(message) | Self::EditedMessage(message) => Some(message),
            Self::CallbackQuery(press) => press.message.as_ref()?.reply_to_message.as_deref(),
            Self::MessageReaction(_) | Self::MyChatMember(_) | Self::PreCheckoutQuery(_) | Self::Other => {
                None
            }
        }
    }
}

/// `CallbackQuery`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CallbackQuery {
    /// What `answerCallbackQuery` names.
    pub id: String,
    /// Who pressed.
    pub from: User,
    /// Where the button stands, even if the message is too old to be shown.
    #[serde(default, deserialize_with = "object")]
    pub message: Option<Place>,
    /// The button's data.
    #[serde(default, deserialize_with = "scalar")]
    pub data: Option<String>,
}

/// `MessageReactionUpdated`. In private chats Telegram may not send it at all.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Reacted {
    /// Where.
    pub chat: Chat,
    /// The message.
    pub message_id: i64,
    /// Whose reactions they are, if they have a name.
    #[serde(default, deserialize_with = "object")]
    pub user: Option<User>,
    /// All of theirs that stand on the message now.
    #[serde(default)]
    pub new_reaction: Vec<ReactionType>,
}

/// `ReactionType`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ReactionType {
    /// One of the emoji that everybody can react with.
    Emoji {
        /// It.
        emoji: String,
    },
    /// A kind that bots cannot put: an emoji of somebody's own, a paid one, something newer.
    #[serde(other)]
    Other,
}

/// `ChatMemberUpdated`, as far as it concerns the bot itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MemberChange {
    /// Where.
    pub chat: Chat,
    /// Whose doing it was.
    pub from: User,
    /// How the bot stands there now.
    pub new_chat_member: Member,
}

/// `ChatMember`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Member {
    /// `member`, `kicked`, and others in groups.
    #[serde(default)]
    pub status: String,
}

/// A message as a place: its chat and id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Place {
    /// Its id.
    pub message_id: i64,
    /// Its chat.
    pub chat: Chat,
    /// The message it answers, as it stands now; not there if either is too old.
    #[serde(default, deserialize_with = "object")]
    pub reply_to_message: Option<Box<Message>>,
}

/// The words of a message that another one answers. Its `Debug` shows none of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Quoted {
    /// Its text.
    pub text: Option<String>,
    /// Or the text under its media.
    pub caption: Option<String>,
}

impl From<&Message> for Quoted {
    fn from(message: &Message) -> Self {
        Self { text: message.text.clone(), caption: message.caption.clone() }
    }
}

impl fmt::Debug for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Quoted")
    }
}

/// `User`, as far as anybody here needs to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The same on every bot.
    pub id: i64,
    /// A bot.
    #[serde(default)]
    pub is_bot: bool,
    /// IETF tag of the user's language.
    #[serde(default, deserialize_with = "scalar")]
    pub language_code: Option<String>,
}

/// `Chat`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Chat {
    /// In a private chat, the user's id.
    pub id: i64,
    /// What it is.
    #[serde(default, rename = "type")]
    pub kind: ChatKind,
}

/// `Chat.type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatKind {
    /// One user and the bot.
    Private,
    /// A group.
    Group,
    /// A large group.
    Supergroup,
    /// A channel.
    Channel,
    /// Something newer.
    #[default]
    #[serde(other)]
    Other,
}

fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Object::deserialize(deserializer).map(|value| value.0)
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    UpdateId,
    Message,
    EditedMessage,
    CallbackQuery,
    MessageReaction,
    MyChatMember,
    PreCheckoutQuery,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for Update {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(UpdateVisitor)
    }
}

struct UpdateVisitor;

impl<'de> Visitor<'de> for UpdateVisitor {
    type Value = Update;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an update")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Update, A::Error> {
        let (mut update_id, mut event) = (None, Event::Other);
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::UpdateId => update_id = Some(map.next_value()?),
                Key::Message => event = Event::Message(map.next_value()?),
                Key::EditedMessage => event = Event::EditedMessage(map.next_value()?),
                Key::CallbackQuery => event = Event::CallbackQuery(map.next_value()?),
                Key::MessageReaction => event = Event::MessageReaction(map.next_value()?),
                Key::MyChatMember => event = Event::MyChatMember(map.next_value()?),
                Key::PreCheckoutQuery => event = Event::PreCheckoutQuery(map.next_value()?),
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let update_id = update_id.ok_or_else(|| serde::de::Error::missing_field("update_id"))?;
        Ok(Update { update_id, event })
    }
}
