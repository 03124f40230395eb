//! Texts and captions: parse mode, entities, trimming, lengths.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::Value;

use super::super::json::quoted;
use super::html;
use super::{Args, Refusal};

const LONGEST_TEXT: usize = 4096;
const LONGEST_CAPTION: usize = 1024;

/// Every type of entity. (Source: Bot API, `MessageEntity`.)
const ENTITIES: &[&str] = &[
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
];

/// A text as it stands in a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Formatted {
    /// The text, trimmed; none if nothing is left.
    pub(super) text: Option<Arc<str>>,
    /// Its entities as a JSON array.
    pub(super) entities: Option<Arc<str>>,
}

/// `text`: 1-4096 characters after entities are parsed.
pub(super) fn text(args: &Args) -> Result<Formatted, Refusal> {
    let formatted = read(args, "text", "entities")?;
    match formatted.text.as_ref().map(|text| text.chars().count()) {
        None => Err(Refusal::wrong("message text is empty")),
        Some(length) if length > LONGEST_TEXT => Err(Refusal::wrong("message is too long")),
        Some(_) => Ok(formatted),
    }
}

/// `caption`: 0-1024 characters after entities are parsed.
pub(super) fn caption(args: &Args) -> Result<Formatted, Refusal> {
    let formatted = read(args, "caption", "caption_entities")?;
    match formatted.text.as_ref().map(|text| text.chars().count()) {
        Some(length) if length > LONGEST_CAPTION => Err(Refusal::wrong("message caption is too long")),
        _ => Ok(formatted),
    }
}

fn read(args: &Args, text: &str, entities: &str) -> Result<Formatted, Refusal> {
    let raw = args.text(text).unwrap_or_default();
    if raw.contains('\0') {
        return Err(Refusal::wrong("text must not contain a zero character"));
    }
    match args.text("parse_mode").map(str::to_ascii_lowercase).as_deref() {
        None | Some("") => {}
        Some(_) if args.values.contains_key(entities) => {
            return Err(Refusal::wrong(format!("parse_mode and {entities} exclude each other")));
        }
        Some("html") => {
            let parsed =
                html::parse(raw).map_err(|why| Refusal::wrong(format!("can't parse entities: {why}")))?;
            return Ok(trimmed(&parsed.text, &parsed.entities));
        }
        Some("markdown" | "markdownv2") => {
            return Err(Refusal::wrong("the simulator reads no parse_mode but HTML"));
        }
        Some(_) => return Err(Refusal::wrong("unsupported parse_mode")),
    }
    let given = args.list(entities);
    let length = utf16(raw);
    for entity in given {
        check(entity, length)?;
    }
    Ok(trimmed(raw, given))
}

fn check(entity: &Value, length: i64) -> Result<(), Refusal> {
    let kind = entity["type"].as_str().unwrap_or_default();
    if !ENTITIES.contains(&kind) {
        return Err(Refusal::wrong(format!("can't parse MessageEntity: unsupported type {kind:?}")));
    }
    let (offset, size) = (entity["offset"].as_i64().unwrap_or(-1), entity["length"].as_i64().unwrap_or(-1));
    if offset < 0 || size <= 0 || offset.saturating_add(size) > length {
        return Err(Refusal::wrong(format!(
            "entity {kind} at {offset}+{size} lies outside the text of {length}"
        )));
    }
    let needs = match kind {
        "text_link" => Some("url"),
        "text_mention" => Some("user"),
        "custom_emoji" => Some("custom_emoji_id"),
        _ => None,
    };
    match needs {
        Some(field) if entity.get(field).is_none() => {
            Err(Refusal::wrong(format!("can't parse MessageEntity: {kind} lacks {field}")))
        }
        _ => Ok(()),
    }
}

/// Cuts white space off both ends, and moves the entities along. Where none are given, what Telegram finds
/// by itself is marked.
fn trimmed(text: &str, entities: &[Value]) -> Formatted {
    let begins = text.trim_start();
    let cut = utf16(&text[..text.len() - begins.len()]);
    let text = begins.trim_end();
    if text.is_empty() {
        return Formatted::default();
    }
    if entities.is_empty() {
        return Formatted { text: Some(text.into()), entities: entities_of(text) };
    }
    let length = utf16(text);
    let moved: Vec<Value> = entities
        .iter()
        .filter_map(|entity| {
            let begin = entity["offset"].as_i64()? - cut;
            let end = (begin + entity["length"].as_i64()?).min(length);
            let begin = begin.max(0);
            let mut entity = entity.clone();
            entity["offset"] = begin.into();
            entity["length"] = (end - begin).into();
            (end > begin).then_some(entity)
        })
        .collect();
    let entities = (!moved.is_empty()).then(|| Value::from(moved).to_string().into());
    Formatted { text: Some(text.into()), entities }
}

/// Length in UTF-16 code units, in which Telegram counts offsets.
pub(super) fn utf16(text: &str) -> i64 {
    i64::try_from(text.encode_utf16().count()).unwrap_or(i64::MAX)
}

/// The entities that Telegram finds in a plain text: commands, mentions and links.
pub(in super::super) fn entities_of(text: &str) -> Option<Arc<str>> {
    if !text.contains(['/', '@']) {
        return None;
    }
    let mut found = String::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if let Some((kind, part)) = entity_of(bare) {
            found.push(if found.is_empty() { '[' } else { ',' });
            let length = utf16(part);
            let kind = quoted(kind);
            write!(found, r#"{{"offset":{offset},"length":{length},"type":{kind}}}"#)
                .expect("a string takes every write");
        }
        offset += utf16(word);
    }
    if found.is_empty() {
        return None;
    }
    found.push(']');
    Some(found.into())
}

fn entity_of(word: &str) -> Option<(&'static str, &str)> {
    let name = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    if let Some(rest) = word.strip_prefix('/') {
        let mut length = name(rest);
        if length == 0 || length > 64 {
            return None;
        }
        if let Some(bot) = rest[length..].strip_prefix('@') {
            length += if name(bot) > 0 { 1 + name(bot) } else { 0 };
        }
        // `/a/b` is a path, not a command.
        return (!rest[length..].starts_with('/')).then(|| ("bot_command", &word[..=length]));
    }
    if let Some(rest) = word.strip_prefix('@') {
        let length = name(rest);
        return (length >= 4).then(|| ("mention", &word[..=length]));
    }
    let link =
        ["https://", "http://"].iter().any(|scheme| word.len() > scheme.len() && word.starts_with(scheme));
    link.then(|| ("url", word.trim_end_matches(['.', ',', '!', '?', ')'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(value: Value) -> Args {
        let Value::Object(values) = value else { panic!("not an object") };
        Args { values, files: Vec::new() }
    }

    #[test]
    fn commands_mentions_and_links_are_found() {
        let entities = entities_of("/start@x_bot abc 🎲 @someone https://a.b/c.").unwrap();
        let entities: Value = serde_json::from_str(&entities).unwrap();
        let expected = serde_json::json!([
            {"type": "bot_command", "offset": 0, "length": 12},
            {"type": "mention", "offset": 20, "length": 8},
            {"type": "url", "offset": 29, "length": 13},
        ]);
        assert_eq!(entities, expected);
        assert_eq!(entities_of("a / b @x /usr/bin http:// me@a.b"), None);
    }

    #[test]
    fn trimming_moves_entities_along() {
        let entities = serde_json::json!([{"type": "bold", "offset": 2, "length": 5}]);
        let formatted = text(&call(serde_json::json!({"text": " \nabc  ", "entities": entities}))).unwrap();
        assert_eq!(formatted.text.as_deref(), Some("abc"));
        let moved: Value = serde_json::from_str(&formatted.entities.unwrap()).unwrap();
        assert_eq!(moved, serde_json::json!([{"type": "bold", "offset": 0, "length": 3}]));
    }

    #[test]
    fn lengths_are_counted_after_parsing() {
        let long = "é".repeat(4096);
        assert!(
            text(&call(serde_json::json!({"text": format!("<b>{long}</b>"), "parse_mode": "HTML"}))).is_ok()
        );
        let why = text(&call(serde_json::json!({"text": format!("{long}x")}))).unwrap_err();
        assert_eq!(why.text, "Bad Request: message is too long");
        let why = text(&call(serde_json::json!({"text": "<b> </b>", "parse_mode": "HTML"}))).unwrap_err();
        assert_eq!(why.text, "Bad Request: message text is empty");
        let caption_of = |length: usize| caption(&call(serde_json::json!({"caption": "x".repeat(length)})));
        assert!(caption_of(0).is_ok());
        assert!(caption_of(1024).is_ok());
        assert_eq!(caption_of(1025).unwrap_err().text, "Bad Request: message caption is too long");
    }

    #[test]
    fn entities_must_lie_in_the_text() {
        let entities = serde_json::json!([{"type": "bold", "offset": 1, "length": 3}]);
        assert!(text(&call(serde_json::json!({"text": "abc", "entities": entities}))).is_err());
        assert!(text(&call(serde_json::json!({"text": "🎲bc", "entities": entities}))).is_ok());
    }
}
