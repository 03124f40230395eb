//! Putting a bot's message into a chat: who may receive it, what it answers, and the limits.

use std::sync::Arc;

use serde_json::Value;

use super::super::event::{MessageId, Origin, UserId, What};
use super::super::world::message::{Body, Markup, Message};
use super::super::world::render::View;
use super::{Args, Ctx, Refusal, markup};

/// Parameters that mean something only where a bot of private chats never is.
const FOREIGN: &[(&str, &str)] = &[
    ("business_connection_id", "business connection not found"),
    ("message_thread_id", "message thread not found"),
    ("direct_messages_topic_id", "direct messages topic can't be specified in the chat"),
    ("suggested_post_parameters", "suggested posts can be sent only to channel direct messages chats"),
];

/// The chat that a parameter names.
pub(super) fn chat_named(ctx: &mut Ctx<'_>, args: &Args, parameter: &str) -> Result<UserId, Refusal> {
    let not_found = || Refusal::wrong("chat not found");
    let id = match args.values.get(parameter) {
        Some(Value::String(text)) => text.parse().map_err(|_| not_found())?,
        Some(value) => value.as_i64().ok_or_else(not_found)?,
        None => return Err(Refusal::wrong(format!("{parameter} is empty"))),
    };
    if ctx.bot.chats.contains_key(&id) { Ok(id) } else { Err(not_found()) }
}

/// The chat that `chat_id` names, if the bot may write to it.
pub(super) fn recipient(ctx: &mut Ctx<'_>, args: &Args) -> Result<UserId, Refusal> {
    for (parameter, text) in FOREIGN {
        if args.values.contains_key(*parameter) {
            return Err(Refusal::wrong(*text));
        }
    }
    let user = chat_named(ctx, args, "chat_id")?;
    if ctx.shared.deactivated.contains(&user) {
        return Err(Refusal::other(403, "Forbidden: user is deactivated"));
    }
    if ctx.bot.chats.get(&user).is_some_and(|chat| chat.blocked) {
        return Err(Refusal::other(403, "Forbidden: bot was blocked by the user"));
    }
    Ok(user)
}

/// What a message will answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Reply {
    /// The message.
    pub(super) to: Option<MessageId>,
    /// The part of it that is quoted.
    pub(super) quote: Option<Arc<str>>,
}

/// Reads `reply_parameters`.
pub(super) fn reply(ctx: &mut Ctx<'_>, args: &Args, user: UserId) -> Result<Reply, Refusal> {
    let Some(parameters) = args.values.get("reply_parameters") else { return Ok(Reply::default()) };
    let id = parameters["message_id"].as_i64().unwrap_or_default();
    if let Some(chat) = parameters.get("chat_id")
        && chat.as_i64() != Some(user)
    {
        return Err(Refusal::wrong("replies into another chat are nothing a private chat's bot makes"));
    }
    let chat = &ctx.bot.chats[&user];
    let Some(original) = chat.get(id) else {
        let known = chat.knew(id);
        if !known {
            ctx.complain(format!("a reply to message {id}, which was never in this chat"));
        }
        if parameters["allow_sending_without_reply"].as_bool().unwrap_or(false) {
            return Ok(Reply::default());
        }
        return Err(Refusal::bad("message to be replied not found"));
    };
    let quote = parameters["quote"].as_str();
    if let Some(quote) = quote {
        let found = original.body.text.as_ref().is_some_and(|text| text.contains(quote));
        if quote.is_empty() || quote.chars().count() > 1024 {
            return Err(Refusal::wrong("QUOTE_TEXT_INVALID"));
        }
        if !found {
            return Err(Refusal::bad("QUOTE_TEXT_INVALID"));
        }
    }
    Ok(Reply { to: Some(id), quote: quote.map(Into::into) })
}

/// A message that is about to be placed.
pub(super) struct Draft {
    pub(super) body: Body,
    pub(super) origin: Origin,
    pub(super) reply: Reply,
    pub(super) markup: Option<Arc<Markup>>,
    pub(super) album: Option<Arc<str>>,
    pub(super) forwarded: Option<(UserId, u32)>,
    pub(super) protected: bool,
}

impl Draft {
    /// A message with what `reply_parameters`, `reply_markup` and `protect_content` say.
    pub(super) fn read(
        ctx: &mut Ctx<'_>,
        args: &Args,
        user: UserId,
        body: Body,
        origin: Origin,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            body,
            origin,
            reply: reply(ctx, args, user)?,
            markup: markup::read(args)?,
            album: None,
            forwarded: None,
            protected: args.is("protect_content"),
        })
    }
}

/// Takes the permits for so many messages into this chat, or refuses.
pub(super) fn permit(ctx: &mut Ctx<'_>, user: UserId, count: usize) -> Result<(), Refusal> {
    let Some(chat) = ctx.bot.chats.get_mut(&user) else { return Err(Refusal::wrong("chat not found")) };
    let count = u32::try_from(count).unwrap_or(u32::MAX).into();
    ctx.shared.permit(&mut ctx.bot.permits, &mut chat.permits, count).map_err(Refusal::too_many)
}

/// Places a message for which the permit was taken, and gives its id.
pub(super) fn place(ctx: &mut Ctx<'_>, user: UserId, draft: Draft) -> MessageId {
    let (kind, text) = (draft.body.kind, draft.body.text.clone());
    let matter = draft.body.payload.matter();
    let mut message = Message {
        date: ctx.shared.clock.unix(),
        edited: None,
        from_bot: true,
        reply_to: draft.reply.to,
        body: draft.body,
        more: None,
    };
    let protected = draft.protected;
    let rare = draft.markup.is_some() || draft.album.is_some() || draft.forwarded.is_some();
    if rare || protected || draft.reply.quote.is_some() {
        let more = message.more_mut();
        more.markup = draft.markup;
        more.album.clone_from(&draft.album);
        more.quote = draft.reply.quote;
        more.forwarded = draft.forwarded;
        more.protected = protected;
    }
    let buttons = message.buttons();
    let chat = ctx.bot.chats.get_mut(&user).expect("permits were taken from this chat");
    let message_id = chat.add(message, ctx.shared.settings.history);
    ctx.shared.tell(What::MessagePlaced {
        call: ctx.call,
        bot: ctx.bot.id,
        user,
        message_id,
        origin: draft.origin,
        kind,
        text,
        matter,
        buttons,
        reply_to: draft.reply.to,
        album: draft.album,
    });
    message_id
}

/// `Message`, as the answer to a call.
pub(super) fn message_json(ctx: &Ctx<'_>, user: UserId, id: MessageId) -> String {
    let view = View::of(ctx.bot, user, ctx.shared);
    let shown = view.and_then(|view| Some(view.message(id, view.chat.get(id)?)));
    shown.unwrap_or_else(|| "{}".to_owned())
}
