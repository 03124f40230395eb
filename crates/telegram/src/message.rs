//! A message as it arrives: where, from whom, and what kind. Content stays unread beyond what commands and edits need.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::lenient::{Lenient, Object};
use crate::update::{Chat, User};

/// `Message`. Its `Debug` shows no content.
#[derive(Clone, Default)]
pub struct Message {
    /// Its id in its chat.
    pub message_id: i64,
    /// Its chat.
    pub chat: Chat,
    /// Who wrote it.
    pub from: Option<User>,
    /// The text of a text message.
    pub text: Option<String>,
    /// Formatting of the text: a JSON array of `MessageEntity`.
    pub entities: Option<Box<RawValue>>,
    /// The text under media.
    pub caption: Option<String>,
    /// Formatting of the caption.
    pub caption_entities: Option<Box<RawValue>>,
    /// The caption stands above the media.
    pub show_caption_above_media: bool,
    /// The media is covered until touched.
    pub has_media_spoiler: bool,
    /// The album it belongs to: the same for all its 2-10 messages, which come one by one and without an end mark.
    pub media_group_id: Option<String>,
    /// What it replies to, in the same chat.
    pub reply_to_message: Option<Reply>,
    /// What it is, besides text; `None` for a text and for kinds this crate does not know.
    pub content: Option<Content>,
}

/// The message a message replies to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Reply {
    /// Its id.
    pub message_id: i64,
    /// Who wrote it: the user, or the bot.
    #[serde(default)]
    pub from: Option<User>,
}

/// What a message is, besides text.
#[derive(Clone)]
pub struct Content {
    /// Its kind.
    pub kind: ContentKind,
    /// The field's JSON, as it came.
    pub value: Box<RawValue>,
}

/// Kinds of content, in the order of precedence: where a message carries two (an animation is also a document, a
/// venue also a location), the later says what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentKind {
    /// `document`
    Document,
    /// `location`
    Location,
    /// `photo`
    Photo,
    /// `live_photo`, which is also a photo.
    LivePhoto,
    /// `video`
    Video,
    /// `animation`
    Animation,
    /// `audio`
    Audio,
    /// `voice`
    Voice,
    /// `video_note`
    VideoNote,
    /// `sticker`
    Sticker,
    /// `contact`
    Contact,
    /// `venue`
    Venue,
    /// `poll`
    Poll,
    /// `dice`
    Dice,
    /// `game`
    Game,
    /// `story`
    Story,
    /// `paid_media`
    PaidMedia,
    /// `giveaway`, `giveaway_winners`
    Giveaway,
    /// `invoice`
    Invoice,
    /// Any other field by which Telegram says something about the chat itself.
    Service,
    /// `successful_payment`
    Payment,
    /// `refunded_payment`
    Refund,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("message_id", &self.message_id)
            .field("chat", &self.chat)
            .field("text", &self.text.is_some())
            .field("reply_to_message", &self.reply_to_message.as_ref().map(|reply| reply.message_id))
            .field("content", &self.content.as_ref().map(|content| content.kind))
            .finish_non_exhaustive()
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        let raw = |value: &Option<Box<RawValue>>| value.as_ref().map(|json| json.get().to_owned());
        let content = |message: &Self| {
            message.content.as_ref().map(|content| (content.kind, content.value.get().to_owned()))
        };
        (self.message_id, self.chat, &self.from, &self.text, &self.caption)
            == (other.message_id, other.chat, &other.from, &other.text, &other.caption)
            && raw(&self.entities) == raw(&other.entities)
            && raw(&self.caption_entities) == raw(&other.caption_entities)
            && (self.show_caption_above_media, self.has_media_spoiler)
                == (other.show_caption_above_media, other.has_media_spoiler)
            && self.media_group_id == other.media_group_id
            && self.reply_to_message == other.reply_to_message
            && content(self) == content(other)
    }
}

impl Eq for Message {}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    MessageId,
    Chat,
    From,
    Text,
    Entities,
    Caption,
    CaptionEntities,
    ShowCaptionAboveMedia,
    HasMediaSpoiler,
    MediaGroupId,
    ReplyToMessage,
    Document,
    Location,
    Photo,
    LivePhoto,
    Video,
    Animation,
    Audio,
    Voice,
    VideoNote,
    Sticker,
    Contact,
    Venue,
    Poll,
    Dice,
    Game,
    Story,
    PaidMedia,
    #[serde(alias = "giveaway_winners")]
    Giveaway,
    Invoice,
    /// Source: the fields of `Message` that the Bot API calls service messages.
    #[serde(
        alias = "new_chat_members",
        alias = "left_chat_member",
        alias = "chat_owner_left",
        alias = "chat_owner_changed",
        alias = "new_chat_title",
        alias = "new_chat_photo",
        alias = "delete_chat_photo",
        alias = "group_chat_created",
        alias = "supergroup_chat_created",
        alias = "channel_chat_created",
        alias = "message_auto_delete_timer_changed",
        alias = "migrate_to_chat_id",
        alias = "migrate_from_chat_id",
        alias = "pinned_message",
        alias = "users_shared",
        alias = "chat_shared",
        alias = "gift",
        alias = "unique_gift",
        alias = "gift_upgrade_sent",
        alias = "connected_website",
        alias = "write_access_allowed",
        alias = "passport_data",
        alias = "proximity_alert_triggered",
        alias = "boost_added",
        alias = "chat_background_set",
        alias = "checklist_tasks_done",
        alias = "checklist_tasks_added",
        alias = "direct_message_price_changed",
        alias = "managed_bot_created",
        alias = "paid_message_price_changed",
        alias = "poll_option_added",
        alias = "poll_option_deleted",
        alias = "forum_topic_created",
        alias = "forum_topic_edited",
        alias = "forum_topic_closed",
        alias = "forum_topic_reopened",
        alias = "general_forum_topic_hidden",
        alias = "general_forum_topic_unhidden",
        alias = "giveaway_created",
        alias = "giveaway_completed",
        alias = "suggested_post_approved",
        alias = "suggested_post_approval_failed",
        alias = "suggested_post_declined",
        alias = "suggested_post_paid",
        alias = "suggested_post_refunded",
        alias = "video_chat_scheduled",
        alias = "video_chat_started",
        alias = "video_chat_ended",
        alias = "video_chat_participants_invited",
        alias = "web_app_data"
    )]
    Service,
    SuccessfulPayment,
    RefundedPayment,
    #[serde(other)]
    Other,
}

impl Key {
    fn content(&self) -> Option<ContentKind> {
        Some(match self {
            Self::Document => ContentKind::Document,
            Self::Location => ContentKind::Location,
            Self::Photo => ContentKind::Photo,
            Self::LivePhoto => ContentKind::LivePhoto,
            Self::Video => ContentKind::Video,
            Self::Animation => ContentKind::Animation,
            Self::Audio => ContentKind::Audio,
            Self::Voice => ContentKind::Voice,
            Self::VideoNote => ContentKind::VideoNote,
            Self::Sticker => ContentKind::Sticker,
            Self::Contact => ContentKind::Contact,
            Self::Venue => ContentKind::Venue,
            Self::Poll => ContentKind::Poll,
            Self::Dice => ContentKind::Dice,
            Self::Game => ContentKind::Game,
            Self::Story => ContentKind::Story,
            Self::PaidMedia => ContentKind::PaidMedia,
            Self::Giveaway => ContentKind::Giveaway,
            Self::Invoice => ContentKind::Invoice,
            Self::Service => ContentKind::Service,
            Self::SuccessfulPayment => ContentKind::Payment,
            Self::RefundedPayment => ContentKind::Refund,
            _ => return None,
        })
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MessageVisitor)
    }
}

struct MessageVisitor;

impl<'de> Visitor<'de> for MessageVisitor {
    type Value = Message;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Message, A::Error> {
        let (mut message, mut id, mut chat) = (Message::default(), None, None);
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::MessageId => id = Some(map.next_value()?),
                Key::Chat => chat = Some(map.next_value()?),
                Key::From => message.from = map.next_value::<Object<User>>()?.0,
                Key::Text => message.text = map.next_value::<Lenient<String>>()?.0,
                Key::Entities => message.entities = Some(map.next_value()?),
                Key::Caption => message.caption = map.next_value::<Lenient<String>>()?.0,
                Key::CaptionEntities => message.caption_entities = Some(map.next_value()?),
                Key::ShowCaptionAboveMedia => {
                    message.show_caption_above_media = map.next_value::<Lenient<bool>>()?.0.unwrap_or(false);
                }
                Key::HasMediaSpoiler => {
                    message.has_media_spoiler = map.next_value::<Lenient<bool>>()?.0.unwrap_or(false);
                }
                Key::MediaGroupId => message.media_group_id = map.next_value::<Lenient<String>>()?.0,
                Key::ReplyToMessage => message.reply_to_message = map.next_value::<Object<Reply>>()?.0,
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
                field => message.learn(field.content(), map.next_value()?),
            }
        }
        message.message_id = id.ok_or_else(|| serde::de::Error::missing_field("message_id"))?;
        message.chat = chat.ok_or_else(|| serde::de::Error::missing_field("chat"))?;
        Ok(message)
    }
}

impl Message {
    /// Takes in a content field, if it says more than the one before.
    fn learn(&mut self, kind: Option<ContentKind>, value: Box<RawValue>) {
        let before = self.content.as_ref().map(|content| content.kind);
        if let Some(kind) = kind.filter(|kind| before.is_none_or(|before| before < *kind)) {
            self.content = Some(Content { kind, value });
        }
    }
}
