//! `reply_markup`.

use std::sync::Arc;

use serde_json::Value;

use super::super::content::Button;
use super::super::world::message::Markup;
use super::{Args, Refusal};

/// Bytes of callback data. (Source: Bot API, `InlineKeyboardButton`.)
const LONGEST_DATA: usize = 64;
const MOST_BUTTONS: usize = 100;
const LONGEST_COPY_TEXT: usize = 256;

/// Fields of a button of which it has exactly one.
const ACTIONS: &[&str] = &[
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
];

/// The inline keyboard of a call; none if there is none, or another kind of keyboard.
pub(super) fn read(args: &Args) -> Result<Option<Arc<Markup>>, Refusal> {
    let Some(markup) = args.values.get("reply_markup") else { return Ok(None) };
    let Some(rows) = markup.get("inline_keyboard").and_then(Value::as_array) else {
        check_other(markup)?;
        return Ok(None);
    };
    let mut buttons = Vec::with_capacity(rows.len());
    for row in rows {
        let row = row.as_array().map_or(&[][..], Vec::as_slice);
        buttons.push(row.iter().map(button).collect::<Result<Vec<_>, _>>()?);
    }
    buttons.retain(|row| !row.is_empty());
    if buttons.iter().map(Vec::len).sum::<usize>() > MOST_BUTTONS {
        return Err(Refusal::wrong("reply markup is too long"));
    }
    if buttons.is_empty() {
        return Ok(None);
    }
    Ok(Some(Arc::new(Markup { buttons: buttons.into(), json: markup.to_string() })))
}

fn button(button: &Value) -> Result<Button, Refusal> {
    let text = button["text"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Refusal::wrong("inline keyboard button text must be non-empty"));
    }
    match ACTIONS.iter().filter(|action| button.get(**action).is_some()).count() {
        0 => return Err(Refusal::wrong("text buttons are unallowed in the inline keyboard")),
        1 => {}
        _ => return Err(Refusal::wrong("an inline keyboard button must have exactly one action")),
    }
    let data = button["callback_data"].as_str();
    if data.is_some_and(|data| data.is_empty() || data.len() > LONGEST_DATA) {
        return Err(Refusal::wrong("BUTTON_DATA_INVALID"));
    }
    let url = button["url"].as_str();
    if let Some(url) = url
        && !["http://", "https://", "tg://"]
            .iter()
            .any(|scheme| url.starts_with(scheme) && url.len() > scheme.len())
    {
        return Err(Refusal::wrong(format!("inline keyboard button URL '{url}' is invalid")));
    }
    let copied = button["copy_text"]["text"].as_str();
    if copied.is_some_and(|text| text.is_empty() || text.chars().count() > LONGEST_COPY_TEXT) {
        return Err(Refusal::wrong("BUTTON_COPY_TEXT_INVALID"));
    }
    if button
        .get("style")
        .is_some_and(|style| !["danger", "success", "primary"].iter().any(|known| style == known))
    {
        return Err(Refusal::wrong("invalid button style specified"));
    }
    Ok(Button { text: text.into(), data: data.map(Into::into), url: url.map(Into::into) })
}

fn check_other(markup: &Value) -> Result<(), Refusal> {
    for flag in ["remove_keyboard", "force_reply"] {
        if markup.get(flag) == Some(&Value::Bool(false)) {
            return Err(Refusal::wrong(format!("{flag} must be true")));
        }
    }
    let rows = markup.get("keyboard").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let empty = |button: &Value| button["text"].as_str().is_none_or(|text| text.trim().is_empty());
    if rows.iter().filter_map(Value::as_array).flatten().any(empty) {
        return Err(Refusal::wrong("keyboard button text must be non-empty"));
    }
    Ok(())
}
