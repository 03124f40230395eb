//! Changing what stands: edits, deletions, reactions.

use std::sync::Arc;

use serde_json::Value;

use super::super::content::Kind;
use super::super::event::{MessageId, UserId, What};
use super::super::world::message::{Body, Markup, Message, Payload};
use super::place::{chat_named, message_json};
use super::{Answer, Args, Ctx, Refusal, markup, send, text};

/// Seconds for which a message can be deleted.
const DELETABLE: u32 = 48 * 3600;

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the \
                            same as a current content and reply markup of the message";

/// What bots may react with. (Source: Bot API, `ReactionTypeEmoji`.)
const REACTIONS: &str = "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 \
                         😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 \
                         🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡";

/// `editMessageText`.
pub(super) fn text(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    if args.values.contains_key("rich_message") {
        return Err(Refusal::wrong("the simulator knows no rich messages"));
    }
    let (user, id, message) = own(ctx, args)?;
    let formatted = text::text(args)?;
    if message.body.kind != Kind::Text {
        return Err(Refusal::wrong("there is no text in the message to edit"));
    }
    let body = Body { text: formatted.text, entities: formatted.entities, ..message.body.clone() };
    let markup = markup::read(args)?;
    change(ctx, user, id, body, markup)
}

/// `editMessageCaption`.
pub(super) fn caption(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let (user, id, message) = own(ctx, args)?;
    let formatted = text::caption(args)?;
    if !message.body.kind.has_caption() {
        return Err(Refusal::wrong("there is no caption in the message to edit"));
    }
    let body = Body { text: formatted.text, entities: formatted.entities, ..message.body.clone() };
    let markup = markup::read(args)?;
    change(ctx, user, id, body, markup)
}

/// `editMessageMedia`.
pub(super) fn media(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let (user, id, message) = own(ctx, args)?;
    let (kind, payload, caption) = send::media(ctx, args, &args.values["media"])?;
    let exchangeable = |kind: Kind| kind.has_caption() && kind != Kind::Voice;
    if !exchangeable(message.body.kind) || !exchangeable(kind) {
        return Err(Refusal::wrong("message can't be edited"));
    }
    let body = Body { kind, text: caption.text, entities: caption.entities, payload };
    let markup = markup::read(args)?;
    change(ctx, user, id, body, markup)
}

/// `editMessageReplyMarkup`.
pub(super) fn reply_markup(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let (user, id, message) = own(ctx, args)?;
    let markup = markup::read(args)?;
    change(ctx, user, id, message.body, markup)
}

/// The bot's own message that is to be edited.
fn own(ctx: &mut Ctx<'_>, args: &Args) -> Result<(UserId, MessageId, Message), Refusal> {
    if args.values.contains_key("inline_message_id") || args.values.contains_key("business_connection_id") {
        return Err(Refusal::wrong("message to edit not found"));
    }
    let Some(id) = args.int("message_id") else {
        return Err(Refusal::wrong("message identifier is not specified"));
    };
    let user = chat_named(ctx, args, "chat_id")?;
    let message = standing(ctx, user, id, "message to edit not found")?;
    let forwarded = message.more.as_ref().is_some_and(|more| more.forwarded.is_some());
    if !message.from_bot || forwarded {
        return Err(Refusal::wrong("message can't be edited"));
    }
    Ok((user, id, message))
}

/// A message that stands. One that never did is nothing a correct program names.
fn standing(ctx: &Ctx<'_>, user: UserId, id: MessageId, not_found: &'static str) -> Result<Message, Refusal> {
    let chat = &ctx.bot.chats[&user];
    match chat.get(id) {
        Some(message) => Ok(message.clone()),
        None if chat.knew(id) => Err(Refusal::bad(not_found)),
        None => Err(Refusal::wrong(not_found)),
    }
}

fn change(ctx: &mut Ctx<'_>, user: UserId, id: MessageId, body: Body, markup: Option<Arc<Markup>>) -> Answer {
    let now = ctx.shared.clock.unix();
    let chat = ctx.bot.chats.get_mut(&user).expect("the chat was looked up for this call");
    let message = chat.get_mut(id).expect("the message was looked up for this call");
    if same(&message.body, &body) && message.markup() == markup.as_ref() {
        return Err(Refusal::bad(NOT_MODIFIED));
    }
    let (kind, text) = (body.kind, body.text.clone());
    message.body = body;
    message.edited = Some(now);
    if markup.is_some() || message.more.is_some() {
        message.more_mut().markup = markup;
    }
    let buttons = message.buttons();
    let (call, bot) = (ctx.call, ctx.bot.id);
    ctx.shared.tell(What::MessageEdited { call, bot, user, message_id: id, kind, text, buttons });
    Ok(message_json(ctx, user, id))
}

fn same(one: &Body, other: &Body) -> bool {
    let payloads = match (&one.payload, &other.payload) {
        (Payload::None, Payload::None) => true,
        (Payload::File(one), Payload::File(other)) => one == other,
        (Payload::Object(one), Payload::Object(other)) => one == other,
        _ => false,
    };
    payloads && one.kind == other.kind && one.text == other.text && one.entities == other.entities
}

/// `deleteMessage`.
pub(super) fn delete(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let user = chat_named(ctx, args, "chat_id")?;
    let id = args.int("message_id").unwrap_or_default();
    let message = standing(ctx, user, id, "message to delete not found")?;
    if message.date.saturating_add(DELETABLE) < ctx.shared.clock.unix() {
        return Err(Refusal::bad("message can't be deleted for everyone"));
    }
    remove(ctx, user, id);
    Ok("true".to_owned())
}

/// `deleteMessages`: those that are not found are skipped.
pub(super) fn delete_many(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let user = chat_named(ctx, args, "chat_id")?;
    let ids: Vec<_> = args.list("message_ids").iter().filter_map(Value::as_i64).collect();
    if !(1..=100).contains(&ids.len()) {
        return Err(Refusal::wrong("1-100 message identifiers must be specified"));
    }
    for id in ids {
        match standing(ctx, user, id, "message to delete not found") {
            Ok(_) => remove(ctx, user, id),
            Err(Refusal { invalid: Some(why), .. }) => ctx.complain(format!("{why}: {id}")),
            Err(_) => {}
        }
    }
    Ok("true".to_owned())
}

fn remove(ctx: &mut Ctx<'_>, user: UserId, id: MessageId) {
    if ctx.bot.chats.get_mut(&user).and_then(|chat| chat.remove(id)).is_some() {
        let (call, bot) = (ctx.call, ctx.bot.id);
        ctx.shared.tell(What::MessageDeleted { call, bot, user, message_id: id });
    }
}

/// `setMessageReaction`: at most one, of those there are.
pub(super) fn react(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let user = chat_named(ctx, args, "chat_id")?;
    let id = args.int("message_id").unwrap_or_default();
    standing(ctx, user, id, "message to react not found")?;
    let reactions = args.list("reaction");
    if reactions.len() > 1 {
        return Err(Refusal::wrong("REACTIONS_TOO_MANY"));
    }
    let emoji: Option<Arc<str>> = match reactions.first() {
        Some(reaction) => {
            let emoji = reaction["emoji"].as_str().unwrap_or_default();
            let known = REACTIONS.split_whitespace().any(|known| known == emoji);
            Some(known.then(|| emoji.into()).ok_or_else(|| Refusal::wrong("REACTION_INVALID"))?)
        }
        None => None,
    };
    if let Some(message) = ctx.bot.chats.get_mut(&user).and_then(|chat| chat.get_mut(id)) {
        message.more_mut().reactions.1.clone_from(&emoji);
    }
    let (call, bot) = (ctx.call, ctx.bot.id);
    ctx.shared.tell(What::MessageReacted { call, bot, user, message_id: id, emoji });
    Ok("true".to_owned())
}
