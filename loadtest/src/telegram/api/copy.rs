//! Copying and forwarding: what Hamdam lives on.

use super::super::content::Kind;
use super::super::event::{MessageId, Origin, UserId};
use super::super::json::Json;
use super::super::world::message::{Body, Message, Payload};
use super::super::world::render;
use super::place::{Draft, chat_named, message_json, permit, place, recipient};
use super::{Answer, Args, Ctx, Refusal, text};

const MOST_AT_ONCE: usize = 100;

/// `copyMessage`: answers only the new id.
pub(super) fn copy_message(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let user = recipient(ctx, args)?;
    let (from, id) = (chat_named(ctx, args, "from_chat_id")?, args.int("message_id").unwrap_or_default());
    let original = original(ctx, from, id, "copy")?;
    if !original.body.kind.copyable() || original.protected() {
        return Err(Refusal::bad("the message can't be copied"));
    }
    let mut body = copied(ctx, &original.body);
    if args.values.contains_key("caption") {
        // Without effect where there can be no caption (source: Bot API, `copyMessage`, `caption`).
        let caption = text::caption(args)?;
        if body.kind.has_caption() {
            body.text = caption.text;
            body.entities = caption.entities;
        }
    }
    let draft = Draft::read(ctx, args, user, body, Origin::Copy { from, message_id: id })?;
    permit(ctx, user, 1)?;
    let id = place(ctx, user, draft);
    let mut json = Json::object();
    json.int("message_id", id);
    Ok(json.end())
}

/// `copyMessages`: skips what cannot be copied, so that ids cannot be mapped by position.
pub(super) fn copy_messages(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    many(ctx, args, "copy", |ctx, from, id, original| {
        if !original.body.kind.copyable() || original.protected() {
            return None;
        }
        let mut body = copied(ctx, &original.body);
        if args.is("remove_caption") && body.kind.has_caption() {
            body.text = None;
            body.entities = None;
        }
        let origin = Origin::Copy { from, message_id: id };
        Some(Draft { album: album_of(original), ..bare(args, body, origin) })
    })
}

/// `forwardMessage`: shows who wrote the original.
pub(super) fn forward_message(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let user = recipient(ctx, args)?;
    let (from, id) = (chat_named(ctx, args, "from_chat_id")?, args.int("message_id").unwrap_or_default());
    let original = original(ctx, from, id, "forward")?;
    let draft = forwarded(ctx, args, from, id, &original);
    let draft = draft.ok_or_else(|| Refusal::bad("the message can't be forwarded"))?;
    permit(ctx, user, 1)?;
    let id = place(ctx, user, draft);
    Ok(message_json(ctx, user, id))
}

/// `forwardMessages`: skips what cannot be forwarded.
pub(super) fn forward_messages(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    many(ctx, args, "forward", |ctx, from, id, original| {
        let draft = forwarded(ctx, args, from, id, original)?;
        Some(Draft { album: album_of(original), ..draft })
    })
}

fn forwarded(ctx: &Ctx<'_>, args: &Args, from: UserId, id: MessageId, original: &Message) -> Option<Draft> {
    if original.body.kind.is_service() || original.protected() {
        return None;
    }
    let author = if original.from_bot { ctx.bot.id } else { from };
    let first = original.more.as_ref().and_then(|more| more.forwarded);
    let draft = bare(args, original.body.clone(), Origin::Forward { from, message_id: id });
    Some(Draft { forwarded: Some(first.unwrap_or((author, original.date))), ..draft })
}

fn bare(args: &Args, body: Body, origin: Origin) -> Draft {
    let protected = args.is("protect_content");
    Draft {
        body,
        origin,
        reply: super::place::Reply::default(),
        markup: None,
        album: None,
        forwarded: None,
        protected,
    }
}

fn album_of(original: &Message) -> Option<std::sync::Arc<str>> {
    original.more.as_ref().and_then(|more| more.album.clone())
}

/// The message to copy or forward.
fn original(ctx: &mut Ctx<'_>, from: UserId, id: MessageId, what: &str) -> Result<Message, Refusal> {
    let chat = &ctx.bot.chats[&from];
    match chat.get(id) {
        Some(message) => Ok(message.clone()),
        None if chat.knew(id) => Err(Refusal::bad(format!("message to {what} not found"))),
        None => Err(Refusal::wrong(format!("message to {what} not found"))),
    }
}

/// What a copy of this says: dice are rolled again, polls start anew, a live location becomes a point.
fn copied(ctx: &mut Ctx<'_>, body: &Body) -> Body {
    let mut copy = body.clone();
    if let Payload::Object(object) = &body.payload {
        match body.kind {
            Kind::Dice => {
                let value: serde_json::Value = serde_json::from_str(object).unwrap_or_default();
                let emoji = value["emoji"].as_str().unwrap_or("🎲").to_owned();
                copy.payload = Payload::Object(dice(ctx, &emoji).into());
            }
            Kind::Poll => {
                let value: serde_json::Value = serde_json::from_str(object).unwrap_or_default();
                let options = value["options"].as_array().into_iter().flatten();
                let options: Vec<_> =
                    options.filter_map(|option| option["text"].as_str()).map(Into::into).collect();
                let question = value["question"].as_str().unwrap_or_default();
                copy.payload = Payload::Object(poll(ctx, body.kind, question, &options).into());
            }
            _ => {}
        }
    }
    copy
}

/// A die that was rolled now.
pub(super) fn dice(ctx: &mut Ctx<'_>, emoji: &str) -> String {
    let value = ctx.shared.roll(emoji);
    let mut json = Json::object();
    json.text("emoji", emoji).int("value", value);
    json.end()
}

/// A poll that begins now.
pub(super) fn poll(ctx: &mut Ctx<'_>, kind: Kind, question: &str, options: &[std::sync::Arc<str>]) -> String {
    let id = i64::try_from(ctx.call).unwrap_or_default() + (1 << 40);
    render::poll(id, kind, question, options)
}

fn many(
    ctx: &mut Ctx<'_>,
    args: &Args,
    what: &str,
    mut draft: impl FnMut(&mut Ctx<'_>, UserId, MessageId, &Message) -> Option<Draft>,
) -> Answer {
    let user = recipient(ctx, args)?;
    let from = chat_named(ctx, args, "from_chat_id")?;
    let ids: Vec<_> = args.list("message_ids").iter().filter_map(serde_json::Value::as_i64).collect();
    if ids.is_empty() || ids.len() > MOST_AT_ONCE {
        return Err(Refusal::wrong(format!("1-{MOST_AT_ONCE} message identifiers must be specified")));
    }
    if !ids.is_sorted_by(|one, next| one < next) {
        return Err(Refusal::wrong("message identifiers must be in a strictly increasing order"));
    }
    let mut drafts = Vec::with_capacity(ids.len());
    for id in ids {
        match original(ctx, from, id, what) {
            Ok(original) => drafts.extend(draft(ctx, from, id, &original)),
            Err(Refusal { invalid: Some(why), .. }) => ctx.complain(format!("{why}: {id}")),
            Err(_) => {}
        }
    }
    if drafts.is_empty() {
        return Err(Refusal::bad(format!("there are no messages to {what}")));
    }
    permit(ctx, user, drafts.len())?;
    let mut placed = String::from("[");
    for draft in drafts {
        let id = place(ctx, user, draft);
        let mut json = Json::object();
        json.int("message_id", id);
        if placed.len() > 1 {
            placed.push(',');
        }
        placed.push_str(&json.end());
    }
    placed.push(']');
    Ok(placed)
}
