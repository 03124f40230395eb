//! The `send…` methods.

use std::sync::Arc;

use serde_json::Value;

use super::super::content::Kind;
use super::super::event::Origin;
use super::super::json::Json;
use super::super::world::message::{Body, Payload};
use super::place::{Draft, message_json, permit, place, recipient};
use super::{Answer, Args, Ctx, Refusal, copy, text, upload};

const CHAT_ACTIONS: &[&str] = &[
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

const DICE: &[&str] = &["🎲", "🎯", "🏀", "⚽", "🎳", "🎰"];

/// `sendMessage`.
pub(super) fn message(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let user = recipient(ctx, args)?;
    let formatted = text::text(args)?;
    let body =
        Body { kind: Kind::Text, text: formatted.text, entities: formatted.entities, payload: Payload::None };
    send(ctx, args, user, body)
}

/// `sendPhoto` and its kin.
pub(super) fn file(ctx: &mut Ctx<'_>, args: &Args, method: &str) -> Answer {
    let user = recipient(ctx, args)?;
    let parameter = snake(method.trim_start_matches("send"));
    let kind = upload::kind_named(&parameter).ok_or_else(|| Refusal::other(404, "Not Found"))?;
    let file = upload::file(ctx, args, &parameter, kind)?;
    let caption = text::caption(args)?;
    let body = Body { kind, text: caption.text, entities: caption.entities, payload: Payload::File(file) };
    send(ctx, args, user, body)
}

/// `sendLocation`, `sendVenue`, `sendContact`, `sendDice`, `sendPoll`.
pub(super) fn object(ctx: &mut Ctx<'_>, args: &Args, method: &str) -> Answer {
    let user = recipient(ctx, args)?;
    let (kind, json) = match method {
        "sendDice" => (Kind::Dice, dice(ctx, args)?),
        "sendPoll" => poll(ctx, args)?,
        "sendContact" => (Kind::Contact, picked(args, &["phone_number", "first_name", "last_name", "vcard"])),
        "sendVenue" => (Kind::Venue, venue(args)),
        _ => (Kind::Location, picked(args, &["latitude", "longitude", "horizontal_accuracy", "live_period"])),
    };
    let body = Body { kind, text: None, entities: None, payload: Payload::Object(json.into()) };
    send(ctx, args, user, body)
}

fn send(ctx: &mut Ctx<'_>, args: &Args, user: i64, body: Body) -> Answer {
    let draft = Draft::read(ctx, args, user, body, Origin::Sent)?;
    permit(ctx, user, 1)?;
    let id = place(ctx, user, draft);
    Ok(message_json(ctx, user, id))
}

/// `sendMediaGroup`: 2-10 photos and videos, or documents, or audios.
pub(super) fn album(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let user = recipient(ctx, args)?;
    let items = args.list("media");
    if !(2..=10).contains(&items.len()) {
        return Err(Refusal::wrong("an album must have 2-10 items"));
    }
    let album: Arc<str> = ctx.call.to_string().into();
    let mut drafts = Vec::with_capacity(items.len());
    for item in items {
        let (kind, payload, caption) = media(ctx, args, item)?;
        if !matches!(payload, Payload::File(_)) {
            return Err(Refusal::wrong("can't parse InputMedia"));
        }
        let body = Body { kind, text: caption.text, entities: caption.entities, payload };
        let draft = Draft::read(ctx, args, user, body, Origin::Sent)?;
        drafts.push(Draft { album: Some(Arc::clone(&album)), ..draft });
    }
    let loose = |kind: Kind| matches!(kind, Kind::Photo | Kind::Video);
    let first = drafts[0].body.kind;
    if drafts.iter().any(|draft| draft.body.kind != first && !(loose(first) && loose(draft.body.kind))) {
        return Err(Refusal::wrong("documents and audios can't be mixed with other types in an album"));
    }
    permit(ctx, user, drafts.len())?;
    let ids: Vec<_> = drafts.into_iter().map(|draft| place(ctx, user, draft)).collect();
    let shown: Vec<_> = ids.into_iter().map(|id| message_json(ctx, user, id)).collect();
    Ok(format!("[{}]", shown.join(",")))
}

/// An `InputMedia`: its kind, its file, its caption.
pub(super) fn media(
    ctx: &mut Ctx<'_>,
    args: &Args,
    item: &Value,
) -> Result<(Kind, Payload, text::Formatted), Refusal> {
    let kind = item["type"].as_str().and_then(upload::kind_named);
    let kind = kind.ok_or_else(|| Refusal::wrong("the simulator takes no such InputMedia"))?;
    let file = upload::referred(ctx, args, item["media"].as_str().unwrap_or_default(), kind)?;
    let values = item.as_object().cloned().unwrap_or_default();
    let caption = text::caption(&Args { values, files: Vec::new() })?;
    Ok((kind, Payload::File(file), caption))
}

/// `sendChatAction`.
pub(super) fn chat_action(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    recipient(ctx, args)?;
    let action = args.text("action").unwrap_or_default();
    if CHAT_ACTIONS.contains(&action) {
        Ok("true".to_owned())
    } else {
        Err(Refusal::wrong("wrong parameter action in request"))
    }
}

fn dice(ctx: &mut Ctx<'_>, args: &Args) -> Result<String, Refusal> {
    let emoji = args.text("emoji").unwrap_or("🎲");
    if DICE.contains(&emoji) {
        Ok(copy::dice(ctx, emoji))
    } else {
        Err(Refusal::wrong("wrong emoji of a dice"))
    }
}

fn poll(ctx: &mut Ctx<'_>, args: &Args) -> Result<(Kind, String), Refusal> {
    let question = args.text("question").unwrap_or_default();
    if question.is_empty() || question.chars().count() > 300 {
        return Err(Refusal::wrong("poll question must be 1-300 characters"));
    }
    let options: Vec<Arc<str>> =
        args.list("options").iter().filter_map(|option| option["text"].as_str()).map(Into::into).collect();
    if options.is_empty()
        || options.len() > 12
        || options.iter().any(|text| !(1..=100).contains(&text.chars().count()))
    {
        return Err(Refusal::wrong("a poll must have 1-12 options of 1-100 characters"));
    }
    let json = copy::poll(ctx, Kind::Poll, question, &options);
    Ok((Kind::Poll, json))
}

fn venue(args: &Args) -> String {
    let mut json = Json::object();
    json.raw("location", &picked(args, &["latitude", "longitude"]));
    json.text("title", args.text("title").unwrap_or_default());
    json.text("address", args.text("address").unwrap_or_default());
    json.end()
}

/// An object of these parameters.
fn picked(args: &Args, names: &[&str]) -> String {
    let mut json = Json::object();
    for name in names {
        if let Some(value) = args.values.get(*name) {
            json.raw(name, &value.to_string());
        }
    }
    json.end()
}

/// `VideoNote` is `video_note`.
fn snake(camel: &str) -> String {
    let mut name = String::with_capacity(camel.len() + 2);
    for (at, letter) in camel.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
