//! Telegram's JSON: users, chats, messages.

use std::sync::Arc;

use rand::Rng;
use rand::rngs::SmallRng;

use super::super::action::Person;
use super::super::content::Kind;
use super::super::event::{BotId, MessageId, UserId};
use super::super::json::{Json, quoted};
use super::file::unique_id;
use super::message::{Body, Chat, FileNumber, Message, Payload};
use super::{Bot, Shared};

/// Which chat a message is shown in, to whom.
pub(in super::super) struct View<'a> {
    pub(in super::super) bot: BotId,
    pub(in super::super) bot_json: &'a str,
    pub(in super::super) user: UserId,
    pub(in super::super) chat: &'a Chat,
    pub(in super::super) shared: &'a Shared,
}

impl<'a> View<'a> {
    /// This bot's view of its chat with this user.
    pub(in super::super) fn of(bot: &'a Bot, user: UserId, shared: &'a Shared) -> Option<Self> {
        let chat = bot.chats.get(&user)?;
        Some(Self { bot: bot.id, bot_json: &bot.user_json, user, chat, shared })
    }

    /// `Message`, with the whole message it answers.
    pub(in super::super) fn message(&self, id: MessageId, message: &Message) -> String {
        let mut json = Json::object();
        self.write(&mut json, id, message, true);
        json.end()
    }

    /// The fields of `Message`.
    pub(in super::super) fn write(
        &self,
        json: &mut Json,
        id: MessageId,
        message: &Message,
        with_reply: bool,
    ) {
        json.int("message_id", id);
        if message.from_bot {
            json.raw("from", self.bot_json);
        } else {
            json.nest("from", |from| user(from, self.user, self.shared.people.get(&self.user)));
        }
        json.nest("chat", |json| chat(json, self.user, self.shared.people.get(&self.user)));
        json.int("date", message.date);
        if let Some(edited) = message.edited {
            json.int("edit_date", edited);
        }
        if let Some((reply_to, original)) = message.reply_to.and_then(|id| Some((id, self.chat.get(id)?)))
            && with_reply
        {
            json.nest("reply_to_message", |json| self.write(json, reply_to, original, false));
        }
        if let Some(more) = &message.more {
            if let Some(quote) = more.quote.as_deref().filter(|_| with_reply) {
                json.nest("quote", |json| {
                    json.text("text", quote).int("position", 0).bool("is_manual", true);
                });
            }
            json.maybe("media_group_id", more.album.as_deref());
            if let Some((author, date)) = more.forwarded {
                json.nest("forward_origin", |json| {
                    json.text("type", "user").int("date", date);
                    json.nest("sender_user", |json| user(json, author, self.shared.people.get(&author)));
                });
            }
            if more.protected {
                json.bool("has_protected_content", true);
            }
        }
        self.body(json, &message.body);
        if let Some(markup) = message.markup() {
            json.raw("reply_markup", &markup.json);
        }
    }

    fn body(&self, json: &mut Json, body: &Body) {
        let (text, entities) =
            if body.kind == Kind::Text { ("text", "entities") } else { ("caption", "caption_entities") };
        match &body.payload {
            Payload::File(file) => self.file(json, body.kind, *file),
            Payload::Object(object) => {
                let field = if body.kind == Kind::Quiz { "poll" } else { body.kind.field() };
                json.raw(field, object);
                if body.kind == Kind::Venue {
                    // The point stands beside the venue too (source: Bot API, `Message.venue`).
                    let venue: serde_json::Value = serde_json::from_str(object).unwrap_or_default();
                    json.raw("location", &venue["location"].to_string());
                }
            }
            Payload::None => {}
        }
        json.maybe(text, body.text.as_deref());
        if let Some(found) = &body.entities {
            json.raw(entities, found);
        }
    }

    fn file(&self, json: &mut Json, kind: Kind, file: FileNumber) {
        let size = i64::try_from(self.shared.file_size(file)).unwrap_or(i64::MAX);
        let id = self.shared.files.file_id(self.bot, kind, file);
        let ids = |json: &mut Json| {
            json.text("file_id", &id).text("file_unique_id", &unique_id(file)).int("file_size", size);
        };
        if kind == Kind::Photo {
            json.list("photo", [(90, 67), (1280, 960)], |json, (width, height)| {
                ids(json);
                json.int("width", width).int("height", height);
            });
            return;
        }
        json.nest(kind.field(), |json| {
            ids(json);
            describe(json, kind);
        });
        if kind == Kind::Animation {
            // For old bots an animation is also a document (source: Bot API, `Message.document`).
            json.nest("document", |json| {
                ids(json);
                json.text("file_name", "loop.mp4").text("mime_type", "video/mp4");
            });
        }
    }
}

/// The fields of a file's object that the specification requires, beside its ids.
fn describe(json: &mut Json, kind: Kind) {
    match kind {
        Kind::Video => {
            json.int("width", 640).int("height", 360).int("duration", 12).text("mime_type", "video/mp4");
        }
        Kind::Animation => {
            json.int("width", 320).int("height", 240).int("duration", 3).text("mime_type", "video/mp4");
        }
        Kind::Audio => {
            json.int("duration", 180).text("title", "A song").text("mime_type", "audio/mpeg");
        }
        Kind::Voice => {
            json.int("duration", 4).text("mime_type", "audio/ogg");
        }
        Kind::VideoNote => {
            json.int("length", 240).int("duration", 6);
        }
        Kind::Document => {
            json.text("file_name", "paper.pdf").text("mime_type", "application/pdf");
        }
        Kind::Sticker => {
            json.text("type", "regular").int("width", 512).int("height", 512);
            json.bool("is_animated", false).bool("is_video", false).text("emoji", "🙂");
        }
        _ => {}
    }
}

/// The fields of `User` for a person.
pub(in super::super) fn user(json: &mut Json, id: UserId, person: Option<&Person>) {
    json.int("id", id).bool("is_bot", false);
    match person {
        Some(person) => {
            json.text("first_name", &person.first_name);
            json.maybe("last_name", person.last_name.as_deref());
            json.maybe("username", person.username.as_deref());
            json.maybe("language_code", person.language_code.as_deref());
        }
        None => {
            json.text("first_name", &format!("User {id}")).text("language_code", "en");
        }
    }
}

/// The fields of `Chat` for a private chat.
pub(in super::super) fn chat(json: &mut Json, id: UserId, person: Option<&Person>) {
    json.int("id", id);
    match person {
        Some(person) => {
            json.text("first_name", &person.first_name);
            json.maybe("last_name", person.last_name.as_deref());
            json.maybe("username", person.username.as_deref());
        }
        None => {
            json.text("first_name", &format!("User {id}"));
        }
    }
    json.text("type", "private");
}

/// A bot's `User`.
pub(in super::super) fn bot_user(id: BotId) -> String {
    let mut json = Json::object();
    json.int("id", id).bool("is_bot", true).text("first_name", &format!("Bot {id}"));
    json.text("username", &bot_username(id));
    json.end()
}

/// A bot's name, without `@`.
pub(in super::super) fn bot_username(id: BotId) -> String {
    format!("simulated_{id}_bot")
}

/// What stands under the field of a kind that carries no file.
pub(super) fn sample(kind: Kind, rng: &mut SmallRng, now: u32) -> String {
    let id = rng.random_range(1_000_000_000_i64..i64::MAX);
    let mut json = Json::object();
    match kind {
        Kind::Contact => {
            json.text("phone_number", "+982155550100").text("first_name", "Sam");
        }
        Kind::Location => {
            json.raw("latitude", "35.7").raw("longitude", "51.4");
        }
        Kind::Venue => {
            json.raw("location", r#"{"latitude":35.7,"longitude":51.4}"#);
            json.text("title", "Park").text("address", "North gate");
        }
        Kind::Poll | Kind::Quiz => return poll(id, kind, "Tea?", &["yes".into(), "no".into()]),
        Kind::Dice => {
            json.text("emoji", "🎲").int("value", rng.random_range(1..=6));
        }
        Kind::Game => {
            json.text("title", "Chess").text("description", "A game").raw("photo", "[]");
        }
        Kind::Story => {
            json.raw("chat", r#"{"id":-1001,"title":"News","type":"channel"}"#).int("id", 5);
        }
        Kind::PaidMedia => {
            json.int("star_count", 5).raw("paid_media", r#"[{"type":"preview"}]"#);
        }
        Kind::Giveaway => {
            json.raw("chats", r#"[{"id":-1001,"title":"News","type":"channel"}]"#);
            json.int("winners_selection_date", now + 86_400).int("winner_count", 1);
        }
        Kind::Invoice => {
            json.text("title", "Coffee").text("description", "A cup").text("start_parameter", "");
            json.text("currency", "XTR").int("total_amount", 10);
        }
        Kind::Payment => {
            json.text("currency", "XTR").int("total_amount", 10).text("invoice_payload", "coffee");
            json.text("telegram_payment_charge_id", "stx1").text("provider_payment_charge_id", "stx1");
        }
        Kind::Refund => {
            json.text("currency", "XTR").int("total_amount", 10).text("invoice_payload", "coffee");
            json.text("telegram_payment_charge_id", "stx1");
        }
        Kind::Service => {
            json.int("message_id", 1).int("date", 0);
            json.raw("chat", r#"{"id":1,"type":"private"}"#);
        }
        _ => {}
    }
    json.end()
}

/// `Poll`, with nobody's vote yet.
pub(in super::super) fn poll(id: i64, kind: Kind, question: &str, options: &[Arc<str>]) -> String {
    let mut json = Json::object();
    json.text("id", &id.to_string()).text("question", question);
    json.list("options", (0_i64..).zip(options), |json, (number, option)| {
        json.text("persistent_id", &number.to_string()).text("text", option).int("voter_count", 0);
    });
    json.int("total_voter_count", 0).bool("is_closed", false).bool("is_anonymous", true);
    json.raw("type", &quoted(if kind == Kind::Quiz { "quiz" } else { "regular" }));
    for no in ["allows_multiple_answers", "allows_revoting", "members_only"] {
        json.bool(no, false);
    }
    json.end()
}
