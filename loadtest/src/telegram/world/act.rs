//! What users do becomes messages in chats and updates in queues.

use std::sync::Arc;

use bytes::Bytes;

use super::super::action::{Acted, Action, CannotAct, Writing};
use super::super::api::text::entities_of;
use super::super::content::Kind;
use super::super::event::{BotId, MessageId, Queued, UpdateId, UserId, What};
use super::super::json::Json;
use super::super::push::queue::{Line, Update};
use super::message::{Body, Message, Payload};
use super::render::{self, View};
use super::{Bot, Press, Shared, World, till};

const LONGEST_TEXT: usize = 4096;
const LONGEST_CAPTION: usize = 1024;
/// Bytes of callback data.
const LONGEST_DATA: usize = 64;

impl World {
    /// Carries out an action. The caller pumps the bot's webhook afterwards.
    pub(in super::super) fn act(
        &mut self,
        bot: BotId,
        user: UserId,
        action: Action,
    ) -> Result<Acted, CannotAct> {
        let (bot, shared) = self.split(bot).ok_or(CannotAct::NoBot)?;
        if shared.deactivated.contains(&user) {
            return Err(CannotAct::Deactivated);
        }
        if let Action::Start { payload } = action {
            return start(bot, shared, user, payload);
        }
        let chat = bot.chats.get_mut(&user).ok_or(CannotAct::NotStarted)?;
        if chat.blocked && !matches!(action, Action::Block | Action::Unblock | Action::Deactivate) {
            return Err(CannotAct::Blocked);
        }
        match action {
            Action::Start { .. } => Ok(Acted { update_id: None, message_id: None }),
            Action::Write(writing) => write(bot, shared, user, writing),
            Action::Edit { message_id, text } => edit(bot, shared, user, message_id, &text),
            Action::Press { message_id, data } => press(bot, shared, user, message_id, &data),
            Action::Forge { message_id, data } => forge(bot, shared, user, message_id, &data),
            Action::React { message_id, emoji } => react(bot, shared, user, message_id, emoji),
            Action::Pay { message_id } => till::pay(bot, shared, user, message_id),
            Action::PayLink { link } => till::pay_link(bot, shared, user, &link),
            Action::Renew { charge } => till::renew(bot, shared, user, &charge),
            Action::Reclaim { charge } => {
                till::give_back(bot, shared, user, &charge).ok_or(CannotAct::NoInvoice)
            }
            Action::Block => Ok(block(bot, shared, user, true)),
            Action::Unblock => Ok(block(bot, shared, user, false)),
            Action::Deactivate => {
                shared.deactivated.insert(user);
                Ok(Acted { update_id: None, message_id: None })
            }
        }
    }
}

fn start(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    payload: Option<String>,
) -> Result<Acted, CannotAct> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if payload.as_ref().is_some_and(|payload| payload.len() > 64 || !payload.bytes().all(allowed)) {
        return Err(CannotAct::BadText);
    }
    if bot.chats.get(&user).is_some_and(|chat| chat.blocked) {
        block(bot, shared, user, false);
    }
    bot.chats.entry(user).or_insert_with(|| shared.new_chat());
    let text = payload.map_or_else(|| "/start".to_owned(), |payload| format!("/start {payload}"));
    write(bot, shared, user, Writing { text: Some(text), ..Writing::of(Kind::Text) })
}

fn write(bot: &mut Bot, shared: &mut Shared, user: UserId, writing: Writing) -> Result<Acted, CannotAct> {
    let text = checked_text(writing.kind, writing.text.as_deref())?;
    let chat = bot.chats.get(&user).ok_or(CannotAct::NotStarted)?;
    if writing.reply_to.is_some_and(|id| chat.get(id).is_none()) {
        return Err(CannotAct::NoMessage);
    }
    let body = Body {
        kind: writing.kind,
        entities: text.as_deref().and_then(entities_of),
        text: text.clone(),
        payload: payload(shared, &writing),
    };
    let mut message = Message {
        date: shared.clock.unix(),
        edited: None,
        from_bot: false,
        reply_to: writing.reply_to,
        body,
        more: None,
    };
    let album: Option<Arc<str>> = writing.album.map(Into::into);
    if album.is_some() || writing.quote.is_some() || writing.protected {
        let more = message.more_mut();
        more.album.clone_from(&album);
        more.quote = writing.quote.map(Into::into);
        more.protected = writing.protected;
    }
    let history = shared.settings.history;
    let matter = message.body.payload.matter();
    let chat = bot.chats.get_mut(&user).ok_or(CannotAct::NotStarted)?;
    let message_id = chat.add(message, history);
    let queued =
        Queued::Message { message_id, kind: writing.kind, text, reply_to: writing.reply_to, matter, album };
    let update_id = queue(bot, shared, user, Line::Chat(user), "message", queued, |view, json| {
        if let Some(message) = view.chat.get(message_id) {
            view.write(json, message_id, message, true);
        }
    });
    Ok(Acted { update_id, message_id: Some(message_id) })
}

fn payload(shared: &mut Shared, writing: &Writing) -> Payload {
    if writing.kind.is_file() {
        let file = shared.new_file();
        if let Some(size) = writing.file_size {
            shared.file_sizes.insert(file, size);
        }
        Payload::File(file)
    } else if writing.kind == Kind::Text {
        Payload::None
    } else {
        Payload::Object(shared.object(writing.kind))
    }
}

/// The text as Telegram's apps would send it: trimmed, and neither empty nor too long.
fn checked_text(kind: Kind, text: Option<&str>) -> Result<Option<Arc<str>>, CannotAct> {
    let trimmed = text.map(str::trim).filter(|text| !text.is_empty());
    let longest = if kind == Kind::Text {
        LONGEST_TEXT
    } else if kind.has_caption() {
        LONGEST_CAPTION
    } else {
        0
    };
    match trimmed {
        None if kind == Kind::Text => Err(CannotAct::BadText),
        Some(text) if text.chars().count() > longest => Err(CannotAct::BadText),
        _ => Ok(trimmed.map(Into::into)),
    }
}

fn edit(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    message_id: MessageId,
    text: &str,
) -> Result<Acted, CannotAct> {
    let now = shared.clock.unix();
    let chat = bot.chats.get_mut(&user).ok_or(CannotAct::NotStarted)?;
    let message = chat.get_mut(message_id).ok_or(CannotAct::NoMessage)?;
    if message.from_bot || !(message.body.kind == Kind::Text || message.body.kind.has_caption()) {
        return Err(CannotAct::NotEditable);
    }
    let text = checked_text(message.body.kind, Some(text))?;
    message.body.entities = text.as_deref().and_then(entities_of);
    message.body.text.clone_from(&text);
    message.edited = Some(now);
    let queued = Queued::Edit { message_id, text };
    let update_id = queue(bot, shared, user, Line::Chat(user), "edited_message", queued, |view, json| {
        if let Some(message) = view.chat.get(message_id) {
            view.write(json, message_id, message, true);
        }
    });
    Ok(Acted { update_id, message_id: Some(message_id) })
}

fn press(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    message_id: MessageId,
    data: &str,
) -> Result<Acted, CannotAct> {
    let chat = bot.chats.get(&user).ok_or(CannotAct::NotStarted)?;
    let message = chat.get(message_id).ok_or(CannotAct::NoMessage)?;
    let buttons = message.buttons();
    let pressed =
        buttons.iter().flatten().find_map(|button| button.data.as_ref().filter(|found| &***found == data));
    let data = Arc::clone(pressed.ok_or(CannotAct::NoButton)?);
    Ok(presses(bot, shared, user, message_id, &data))
}

fn forge(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    message_id: MessageId,
    data: &str,
) -> Result<Acted, CannotAct> {
    let chat = bot.chats.get(&user).ok_or(CannotAct::NotStarted)?;
    chat.get(message_id).filter(|message| message.from_bot).ok_or(CannotAct::NoMessage)?;
    if !(1..=LONGEST_DATA).contains(&data.len()) {
        return Err(CannotAct::BadText);
    }
    Ok(presses(bot, shared, user, message_id, &data.into()))
}

/// Queues a press.
fn presses(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    message_id: MessageId,
    data: &Arc<str>,
) -> Acted {
    let now = shared.clock.now();
    let expires = now + shared.clock.scaled(shared.settings.press_lives);
    let press = Press { user, update_id: bot.next_update, expires, answered: false };
    let query = bot.presses.add(press, now);
    let queued = Queued::Press { message_id, data: Arc::clone(data) };
    let update_id = queue(bot, shared, user, Line::Press(user), "callback_query", queued, |view, json| {
        json.text("id", &query.to_string());
        json.nest("from", |json| render::user(json, user, view.shared.people.get(&user)));
        if let Some(message) = view.chat.get(message_id) {
            json.nest("message", |json| view.write(json, message_id, message, true));
        }
        json.text("chat_instance", &user.unsigned_abs().wrapping_mul(0x9e37_79b9).to_string());
        json.text("data", data);
    });
    Acted { update_id, message_id: Some(message_id) }
}

fn react(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    message_id: MessageId,
    emoji: Option<String>,
) -> Result<Acted, CannotAct> {
    let chat = bot.chats.get_mut(&user).ok_or(CannotAct::NotStarted)?;
    let message = chat.get_mut(message_id).ok_or(CannotAct::NoMessage)?;
    let emoji: Option<Arc<str>> = emoji.map(Into::into);
    let old = std::mem::replace(&mut message.more_mut().reactions.0, emoji.clone());
    let queued = Queued::Reaction { message_id, emoji: emoji.clone() };
    let date = shared.clock.unix();
    let update_id =
        queue(bot, shared, user, Line::Reaction(user), "message_reaction", queued, |view, json| {
            json.nest("chat", |json| render::chat(json, user, view.shared.people.get(&user)));
            json.int("message_id", message_id);
            json.nest("user", |json| render::user(json, user, view.shared.people.get(&user)));
            json.int("date", date);
            for (field, emoji) in [("old_reaction", &old), ("new_reaction", &emoji)] {
                json.list(field, emoji, |json, emoji| {
                    json.text("type", "emoji").text("emoji", emoji);
                });
            }
        });
    Ok(Acted { update_id, message_id: Some(message_id) })
}

fn block(bot: &mut Bot, shared: &mut Shared, user: UserId, blocked: bool) -> Acted {
    let nothing = Acted { update_id: None, message_id: None };
    let Some(chat) = bot.chats.get_mut(&user) else { return nothing };
    if chat.blocked == blocked {
        return nothing;
    }
    chat.blocked = blocked;
    let date = shared.clock.unix();
    let queued = if blocked { Queued::Block } else { Queued::Unblock };
    let update_id = queue(bot, shared, user, Line::Member(user), "my_chat_member", queued, |view, json| {
        json.nest("chat", |json| render::chat(json, user, view.shared.people.get(&user)));
        json.nest("from", |json| render::user(json, user, view.shared.people.get(&user)));
        json.int("date", date);
        for (field, member) in [("old_chat_member", blocked), ("new_chat_member", !blocked)] {
            json.nest(field, |json| {
                json.raw("user", view.bot_json).text("status", if member { "member" } else { "kicked" });
                if !member {
                    json.int("until_date", 0);
                }
            });
        }
    });
    Acted { update_id, ..nothing }
}

/// Queues JSON that is no update, as a message of this user. The witness is not told: nobody said anything.
pub(in super::super) fn spoil(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
) -> Result<UpdateId, CannotAct> {
    if !bot.chats.contains_key(&user) {
        return Err(CannotAct::NotStarted);
    }
    let update_id = bot.next_update;
    bot.next_update += 1;
    let mut json = Json::object();
    // A number is wanted here.
    json.text("update_id", "spoiled").nest("message", |json| {
        json.int("message_id", 1);
    });
    let update = Update::new(update_id, user, Line::Chat(user), Bytes::from(json.end()), &shared.clock);
    bot.webhook.queue.push(update);
    Ok(update_id)
}

/// Puts an update into the bot's queue, if the bot wants this kind and there is room.
pub(super) fn queue(
    bot: &mut Bot,
    shared: &mut Shared,
    user: UserId,
    line: Line,
    kind: &'static str,
    queued: Queued,
    fill: impl FnOnce(&View<'_>, &mut Json),
) -> Option<UpdateId> {
    if !bot.webhook.wants(kind) {
        return None;
    }
    let update_id = bot.next_update;
    bot.next_update += 1;
    let mut json = Json::object();
    json.int("update_id", update_id);
    let view = View::of(bot, user, shared)?;
    json.nest(kind, |json| fill(&view, json));
    let update = Update::new(update_id, user, line, Bytes::from(json.end()), &shared.clock);
    let bot_id = bot.id;
    if !bot.webhook.queue.push(update) {
        shared.tell(What::UpdateLost { bot: bot_id, user, update_id });
        return None;
    }
    shared.tell(What::UpdateQueued { bot: bot_id, user, update_id, queued });
    bot.webhook.nudge_poller();
    Some(update_id)
}
