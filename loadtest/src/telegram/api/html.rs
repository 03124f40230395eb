//! `parse_mode: HTML`. (Source: Bot API, "HTML style".)

use serde_json::{Value, json};

use super::text::utf16;

/// A text and the entities that its tags became.
#[derive(Debug, PartialEq)]
pub(super) struct Parsed {
    pub(super) text: String,
    pub(super) entities: Vec<Value>,
}

struct Open {
    tag: String,
    entity: Value,
    offset: i64,
}

/// Reads a text. The error says what the real server would say after `can't parse entities: `.
pub(super) fn parse(source: &str) -> Result<Parsed, String> {
    let mut text = String::with_capacity(source.len());
    let mut entities = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let offset = source.len() - rest.len();
        if rest.starts_with('&') {
            let (character, length) = reference(rest);
            text.push_str(&character);
            rest = &rest[length..];
            continue;
        }
        let end = rest.find('>').ok_or_else(|| format!("Unclosed start tag at byte offset {offset}"))?;
        let inside = &rest[1..end];
        rest = &rest[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            close(name.trim(), offset, &mut open, &mut entities, utf16(&text))?;
        } else {
            let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
            let tag = name.to_ascii_lowercase();
            let entity = entity_of(&tag, attributes)
                .ok_or_else(|| format!("Unsupported start tag \"{tag}\" at byte offset {offset}"))?;
            open.push(Open { tag, entity, offset: utf16(&text) });
        }
    }
    text.push_str(rest);
    if let Some(open) = open.pop() {
        let (tag, end) = (open.tag, source.len());
        return Err(format!("Can't find end tag corresponding to start tag \"{tag}\" at byte offset {end}"));
    }
    entities.sort_by_key(|entity: &Value| entity["offset"].as_i64());
    Ok(Parsed { text, entities })
}

fn close(
    name: &str,
    at: usize,
    open: &mut Vec<Open>,
    entities: &mut Vec<Value>,
    here: i64,
) -> Result<(), String> {
    let last = open.pop().ok_or_else(|| format!("Unexpected end tag at byte offset {at}"))?;
    if !name.is_empty() && !name.eq_ignore_ascii_case(&last.tag) {
        return Err(format!(
            "Unmatched end tag at byte offset {at}, expected \"</{}>\", found \"</{name}>\"",
            last.tag
        ));
    }
    if here > last.offset && last.entity.get("type").is_some() {
        let mut entity = last.entity;
        entity["offset"] = last.offset.into();
        entity["length"] = (here - last.offset).into();
        entities.push(entity);
    }
    Ok(())
}

fn entity_of(tag: &str, attributes: &str) -> Option<Value> {
    let attribute = |name: &str| {
        let value = attributes.split_once(&format!("{name}="))?.1;
        let quote = value.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
        value[1..].split(quote).next().map(unescape)
    };
    let kind = match tag {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "tg-spoiler" => "spoiler",
        "code" => "code",
        "pre" => "pre",
        "blockquote" if attributes.trim() == "expandable" => "expandable_blockquote",
        "blockquote" => "blockquote",
        "span" if attribute("class").as_deref() == Some("tg-spoiler") => "spoiler",
        "a" => {
            // A link without an address is plain text.
            return Some(
                attribute("href").map_or_else(|| json!({}), |url| json!({"type": "text_link", "url": url})),
            );
        }
        "tg-emoji" => {
            return Some(json!({"type": "custom_emoji", "custom_emoji_id": attribute("emoji-id")?}));
        }
        _ => return None,
    };
    Some(json!({"type": kind}))
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (character, length) = reference(&rest[at..]);
        out.push_str(&character);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

/// The character that a reference at the beginning stands for, and the reference's length. An unknown one
/// stands for itself.
fn reference(text: &str) -> (String, usize) {
    let known = text.find(';').and_then(|end| {
        let character = match &text[1..end] {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            number => {
                let number = number.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        };
        Some((character.to_string(), end + 1))
    });
    known.unwrap_or_else(|| ("&".to_owned(), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_entities() {
        let parsed =
            parse("🎲 <b>bold <i>both</i></b> &lt;&#33; <a href=\"https://x.y/?a&amp;b\">link</a>&x")
                .unwrap();
        assert_eq!(parsed.text, "🎲 bold both <! link&x");
        let expected = vec![
            json!({"type": "bold", "offset": 3, "length": 9}),
            json!({"type": "italic", "offset": 8, "length": 4}),
            json!({"type": "text_link", "url": "https://x.y/?a&b", "offset": 16, "length": 4}),
        ];
        assert_eq!(parsed.entities, expected);
    }

    #[test]
    fn what_is_not_html_is_refused() {
        let why = |text: &str| parse(text).unwrap_err();
        assert_eq!(why("a <x>b</x>"), "Unsupported start tag \"x\" at byte offset 2");
        assert_eq!(why("a < b"), "Unclosed start tag at byte offset 2");
        assert_eq!(why("a</b>"), "Unexpected end tag at byte offset 1");
        assert_eq!(why("<b>a"), "Can't find end tag corresponding to start tag \"b\" at byte offset 4");
        assert_eq!(why("<b>a</i>"), "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\"");
    }
}
