//! A message as it crosses from one bot to another: what another bot can say again, and how it says it.

use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::parcel::{Carry, Medium, Parcel, Traits};
use hamdam_telegram::files::{
    Delivery, InputFile, Named, Point, SendAnimation, SendAudio, SendContact, SendDocument, SendLocation,
    SendPhoto, SendSticker, SendVenue, SendVideo, SendVideoNote, SendVoice, Under,
};
use hamdam_telegram::method::{Json, SendMessage};
use hamdam_telegram::{Call, Content, ContentKind, Message};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::kind::kind_of;
use crate::render::reply_to;

/// What another bot can say of this message; `None` if it cannot: a poll, a die and a game are bound to their bot.
pub(crate) fn parcel_of(message: &Message) -> Option<Parcel> {
    let Some(content) = &message.content else {
        let text = message.text.clone()?;
        return Some(Parcel::Text { text, entities: message.entities.as_deref().and_then(crossing) });
    };
    if matches!(content.kind, ContentKind::Contact | ContentKind::Location | ContentKind::Venue) {
        return Some(Parcel::Object { json: content.value.get().to_owned() });
    }
    medium_of(message, content).map(|medium| Parcel::File(Box::new(medium)))
}

/// The file of a message, if it has one that bots send.
pub(crate) fn medium_of(message: &Message, content: &Content) -> Option<Medium> {
    let json = content.value.get();
    let file: Attachment = match content.kind {
        // Several sizes, the largest last.
        ContentKind::Photo => serde_json::from_str::<Vec<Attachment>>(json).ok()?.pop()?,
        // The picture without its motion: the two cannot be fetched as one.
        ContentKind::LivePhoto => serde_json::from_str::<LivePhoto>(json).ok()?.photo.pop()?,
        ContentKind::Video
        | ContentKind::Animation
        | ContentKind::Audio
        | ContentKind::Voice
        | ContentKind::VideoNote
        | ContentKind::Document
        | ContentKind::Sticker => serde_json::from_str(json).ok()?,
        _ => return None,
    };
    Some(Medium {
        kind: kind_of(message),
        id: file.file_id,
        unique: file.file_unique_id,
        size: file.file_size,
        caption: message.caption.clone(),
        entities: message.caption_entities.as_deref().and_then(crossing),
        above: message.show_caption_above_media,
        spoiler: message.has_media_spoiler,
        traits: Traits {
            name: file.file_name,
            mime: file.mime_type,
            title: file.title,
            performer: file.performer,
            emoji: file.emoji,
            seconds: file.duration,
            width: file.width.or(file.length),
            height: file.height,
        },
    })
}

/// Entities that another bot can use. A mention of somebody without a username needs a bot that knows them, and says who
/// they are: the name stays as plain text. Custom emoji go along; a bot that may not use them shows the plain ones they
/// stand for.
pub(crate) fn crossing(entities: &RawValue) -> Option<String> {
    let all: Vec<&RawValue> = serde_json::from_str(entities.get()).ok()?;
    let crosses = |entity: &&&RawValue| {
        serde_json::from_str::<Entity>(entity.get()).is_ok_and(|entity| entity.r#type != "text_mention")
    };
    let kept: Vec<&RawValue> = all.iter().filter(crosses).copied().collect();
    if kept.is_empty() { None } else { serde_json::to_string(&kept).ok() }
}

/// The method by which another bot says it. `file` is what there is of the parcel's file.
pub(crate) fn call_of(
    carry: &Carry,
    chat: UserId,
    known: Option<MessageId>,
    file: Option<InputFile>,
) -> Option<Call> {
    let delivery = Delivery { reply_parameters: known.map(reply_to), protect_content: carry.copy.protect };
    match &carry.parcel {
        Parcel::Text { text, entities } => Some(
            SendMessage {
                chat_id: chat.0,
                text: text.clone(),
                entities: entities.clone().and_then(Json::new),
                link_preview_options: None,
                protect_content: carry.copy.protect,
                reply_parameters: delivery.reply_parameters,
                reply_markup: None,
            }
            .into(),
        ),
        Parcel::Object { json } => object(carry.copy.kind, json, chat, delivery),
        Parcel::File(medium) => sends(medium, chat, delivery, file?),
    }
}

fn object(kind: MessageKind, json: &str, chat: UserId, delivery: Delivery) -> Option<Call> {
    let chat_id = chat.0;
    Some(match kind {
        MessageKind::Contact => {
            SendContact { chat_id, contact: serde_json::from_str(json).ok()?, delivery }.into()
        }
        MessageKind::Location => {
            SendLocation { chat_id, point: serde_json::from_str(json).ok()?, delivery }.into()
        }
        MessageKind::Venue => {
            let Venue { location, name } = serde_json::from_str(json).ok()?;
            let Point { latitude, longitude, .. } = location;
            SendVenue { chat_id, latitude, longitude, name, delivery }.into()
        }
        _ => return None,
    })
}

fn sends(medium: &Medium, chat: UserId, delivery: Delivery, file: InputFile) -> Option<Call> {
    let chat_id = chat.0;
    let under = || Under {
        caption: medium.caption.clone(),
        caption_entities: medium.entities.clone().and_then(Json::new),
    };
    let Medium { above, spoiler, traits, .. } = medium;
    let Traits { title, performer, emoji, seconds: duration, width, height, .. } = traits.clone();
    let (show_caption_above_media, has_spoiler) = (*above, *spoiler);
    Some(match medium.kind {
        MessageKind::Photo => SendPhoto {
            chat_id,
            photo: file,
            under: under(),
            show_caption_above_media,
            has_spoiler,
            delivery,
        }
        .into(),
        MessageKind::Video => SendVideo {
            chat_id,
            video: file,
            duration,
            width,
            height,
            under: under(),
            show_caption_above_media,
            has_spoiler,
            delivery,
        }
        .into(),
        MessageKind::Animation => SendAnimation {
            chat_id,
            animation: file,
            duration,
            width,
            height,
            under: under(),
            show_caption_above_media,
            has_spoiler,
            delivery,
        }
        .into(),
        MessageKind::Audio => {
            SendAudio { chat_id, audio: file, duration, performer, title, under: under(), delivery }.into()
        }
        MessageKind::Voice => SendVoice { chat_id, voice: file, duration, under: under(), delivery }.into(),
        MessageKind::VideoNote => {
            SendVideoNote { chat_id, video_note: file, duration, length: width, delivery }.into()
        }
        MessageKind::Document => SendDocument {
            chat_id,
            // It came as a document, so it stays one, whatever its content is.
            disable_content_type_detection: file == InputFile::Enclosed,
            document: file,
            under: under(),
            delivery,
        }
        .into(),
        MessageKind::Sticker => SendSticker { chat_id, sticker: file, emoji, delivery }.into(),
        _ => return None,
    })
}

/// What the Bot API says of files, of whatever kind.
#[derive(Deserialize)]
struct Attachment {
    file_id: String,
    file_unique_id: String,
    #[serde(default)]
    file_size: Option<u64>,
    #[serde(default)]
    file_name: Option<String>,
    #[serde(default)]
    mime_type: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    performer: Option<String>,
    #[serde(default)]
    emoji: Option<String>,
    #[serde(default)]
    duration: Option<u32>,
    #[serde(default)]
    width: Option<u32>,
    #[serde(default)]
    height: Option<u32>,
    #[serde(default)]
    length: Option<u32>,
}

#[derive(Deserialize)]
struct LivePhoto {
    #[serde(default)]
    photo: Vec<Attachment>,
}

#[derive(Deserialize)]
struct Entity<'a> {
    #[serde(borrow)]
    r#type: std::borrow::Cow<'a, str>,
}

/// `Venue`, which holds its point in an object of its own.
#[derive(Deserialize)]
struct Venue {
    location: Point,
    #[serde(flatten)]
    name: Named,
}
