//! What an edited message became.

use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::Change;
use hamdam_domain::parcel::Medium;
use hamdam_telegram::{Content, ContentKind, Message};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::parcel::{crossing, medium_of};

/// The new content of an edited message, if a bot can make the same change: text, caption, or media. Telegram does
/// not say what of a photo changed, and `editMessageMedia` with the same file changes the caption alone, so it
/// serves for both. Other kinds (a live location that moves, a poll) cannot follow.
pub(crate) fn change_of(message: &Message) -> Option<Change> {
    let text = |json: &Option<Box<RawValue>>| json.as_ref().map(|json| json.get().to_owned());
    match &message.content {
        None => Some(Change::Text { text: message.text.clone()?, entities: text(&message.entities) }),
        // Neither can stand in `editMessageMedia` by its file; a new caption is all that can follow.
        Some(content) if matches!(content.kind, ContentKind::Voice | ContentKind::LivePhoto) => {
            Some(Change::Caption {
                caption: message.caption.clone().unwrap_or_default(),
                entities: text(&message.caption_entities),
            })
        }
        Some(content) => media_of(message, content).map(|media| Change::Media { media }),
    }
}

/// `InputMedia` of the kinds `editMessageMedia` takes.
#[derive(Serialize)]
struct InputMedia<'a> {
    r#type: &'static str,
    media: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption_entities: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    show_caption_above_media: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_spoiler: Option<bool>,
}

#[derive(Deserialize)]
struct File {
    file_id: String,
}

fn media_of(message: &Message, content: &Content) -> Option<String> {
    let json = content.value.get();
    let (kind, visual, file) = match content.kind {
        // A photo comes in several sizes, the largest last.
        ContentKind::Photo => ("photo", true, serde_json::from_str::<Vec<File>>(json).ok()?.pop()?),
        ContentKind::Video => ("video", true, serde_json::from_str(json).ok()?),
        ContentKind::Animation => ("animation", true, serde_json::from_str(json).ok()?),
        ContentKind::Audio => ("audio", false, serde_json::from_str(json).ok()?),
        ContentKind::Document => ("document", false, serde_json::from_str(json).ok()?),
        _ => return None,
    };
    let media = InputMedia {
        r#type: kind,
        media: &file.file_id,
        caption: message.caption.as_deref(),
        caption_entities: message.caption_entities.as_deref(),
        show_caption_above_media: (visual && message.show_caption_above_media).then_some(true),
        has_spoiler: (visual && message.has_media_spoiler).then_some(true),
    };
    serde_json::to_string(&media).ok()
}

/// The same change, to be made by another bot: what it cannot use is left out, and the file has to come along.
pub(crate) fn change_across(message: &Message) -> Option<Change> {
    let across = |json: &Option<Box<RawValue>>| json.as_deref().and_then(crossing);
    match change_of(message)? {
        Change::Text { text, .. } => Some(Change::Text { text, entities: across(&message.entities) }),
        Change::Caption { caption, .. } => {
            Some(Change::Caption { caption, entities: across(&message.caption_entities) })
        }
        Change::Media { .. } | Change::File(_) => {
            medium_of(message, message.content.as_ref()?).map(|medium| Change::File(Box::new(medium)))
        }
    }
}

/// `InputMedia` of a file that crossed, by what names it.
pub(crate) fn input_media(medium: &Medium, media: &str) -> Option<String> {
    let visual = matches!(medium.kind, MessageKind::Photo | MessageKind::Video | MessageKind::Animation);
    let entities: Option<&RawValue> =
        medium.entities.as_deref().and_then(|json| serde_json::from_str(json).ok());
    let media = InputMedia {
        r#type: medium.kind.name(),
        media,
        caption: medium.caption.as_deref(),
        caption_entities: entities,
        show_caption_above_media: (visual && medium.above).then_some(true),
        has_spoiler: (visual && medium.spoiler).then_some(true),
    };
    serde_json::to_string(&media).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(fields: &str) -> Option<Change> {
        let json = format!(r#"{{"message_id":5,"chat":{{"id":1,"type":"private"}},{fields}}}"#);
        change_of(&serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn a_text_takes_its_formatting_along() {
        assert_eq!(
            changed(r#""text":"hi","entities":[{"type":"bold","offset":0,"length":2}]"#),
            Some(Change::Text {
                text: "hi".into(),
                entities: Some(r#"[{"type":"bold","offset":0,"length":2}]"#.into())
            })
        );
    }

    #[test]
    fn a_photo_is_named_by_its_largest_size() {
        let Some(Change::Media { media }) = changed(
            r#""photo":[{"file_id":"small"},{"file_id":"large"}],"caption":"c","has_media_spoiler":true"#,
        ) else {
            panic!("no media");
        };
        assert_eq!(media, r#"{"type":"photo","media":"large","caption":"c","has_spoiler":true}"#);
    }

    #[test]
    fn an_animation_is_not_taken_for_the_document_it_also_is() {
        let Some(Change::Media { media }) =
            changed(r#""animation":{"file_id":"gif"},"document":{"file_id":"doc"}"#)
        else {
            panic!("no media");
        };
        assert_eq!(media, r#"{"type":"animation","media":"gif"}"#);
    }

    #[test]
    fn a_removed_caption_of_a_voice_note_is_an_empty_one() {
        assert_eq!(
            changed(r#""voice":{"file_id":"v"}"#),
            Some(Change::Caption { caption: String::new(), entities: None })
        );
        assert_eq!(
            changed(r#""photo":[{"file_id":"p"}],"live_photo":{"file_id":"l"},"caption":"c""#),
            Some(Change::Caption { caption: "c".into(), entities: None })
        );
    }

    #[test]
    fn what_bots_cannot_change_is_no_change() {
        for fields in
            [r#""location":{"latitude":1,"longitude":2}"#, r#""poll":{}"#, r#""photo":"rubbish""#, r#""x":1"#]
        {
            assert_eq!(changed(fields), None, "{fields}");
        }
    }
}
