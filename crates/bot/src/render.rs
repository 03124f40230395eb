//! From an entry of the outbox to a method of the Bot API.

use std::collections::HashMap;

use fluent_bundle::FluentArgs;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, MessageId, UserId};
use hamdam_domain::outbox::{Change, Content, Entry, Notice, Reference, Toast};
use hamdam_domain::profile::Language;
use hamdam_telegram::Call;
use hamdam_telegram::markup::{InlineButton, InlineKeyboard, ReplyParameters};
use hamdam_telegram::method::{
    AnswerCallbackQuery, Command, CopyMessage, EditMessageCaption, EditMessageMedia, EditMessageText, Json,
    SendMessage, SetMyCommands,
};

use crate::keyboard;
use crate::texts::Texts;

/// What an entry needs to know before it is rendered: the message it replies to or changes. `There` is known;
/// `Own` is to be looked up among the ids of the entry's room.
#[must_use]
pub fn reference(entry: &Entry) -> Option<Reference> {
    match &entry.content {
        Content::Copy(copy) => copy.reply,
        Content::Edit(edit) => Some(Reference::Own(edit.message)),
        Content::Notice(_) | Content::Answer { .. } | Content::AnswerCallback { .. } => None,
    }
}

/// Speaks for the bots.
pub struct Voice {
    texts: Texts,
    names: HashMap<BotId, String>,
}

impl std::fmt::Debug for Voice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Voice").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Default for Voice {
    fn default() -> Self {
        Self::new(HashMap::new())
    }
}

impl Voice {
    /// A voice that knows the `@names` of these bots (without the `@`). Others of the fleet are paraphrased.
    #[must_use]
    pub fn new(names: HashMap<BotId, String>) -> Self {
        Self { texts: Texts::new(), names }
    }

    /// The method that sends `entry` into `chat`. `known` is the id, in that chat, of what [`reference`] asked for.
    /// `None`: there is nothing to send, because what was to be changed is not known in that chat.
    #[must_use]
    pub fn render(
        &self,
        entry: &Entry,
        language: Language,
        chat: UserId,
        known: Option<MessageId>,
    ) -> Option<Call> {
        Some(match &entry.content {
            Content::Notice(notice) => self.notice(notice, language, chat, None),
            Content::Answer { message, notice } => self.notice(notice, language, chat, Some(*message)),
            Content::Copy(copy) => CopyMessage {
                chat_id: chat.0,
                from_chat_id: copy.from.0,
                message_id: copy.message.0,
                reply_parameters: known.map(reply_to),
            }
            .into(),
            Content::Edit(edit) => return changed(&edit.change, chat, known?),
            Content::AnswerCallback { query, toast } => AnswerCallbackQuery {
                callback_query_id: query.clone(),
                text: toast.map(|Toast::Over| self.texts.say(language, "toast-over", None)),
            }
            .into(),
        })
    }

    /// The list of commands Telegram shows, in one language.
    #[must_use]
    pub fn commands(&self, language: Language) -> SetMyCommands {
        let listed = [
            ("search", "command-search"),
            ("next", "command-next"),
            ("stop", "command-stop"),
            ("help", "command-help"),
        ];
        let commands = listed
            .into_iter()
            .map(|(command, id)| Command { command, description: self.texts.say(language, id, None) });
        // English is the list of everyone whose language has none.
        let language_code = (language != Language::default()).then(|| language.code());
        SetMyCommands { commands: commands.collect(), language_code }
    }

    fn notice(&self, notice: &Notice, language: Language, chat: UserId, about: Option<MessageId>) -> Call {
        SendMessage {
            chat_id: chat.0,
            text: self.text(notice, language),
            entities: None,
            link_preview_options: None,
            reply_parameters: about.map(reply_to),
            reply_markup: self.keyboard(notice, language),
        }
        .into()
    }

    fn keyboard(&self, notice: &Notice, language: Language) -> Option<InlineKeyboard> {
        let button = |(label, button): keyboard::Labelled| InlineButton {
            text: self.texts.say(language, label, None),
            callback_data: button.to_string(),
        };
        let rows = keyboard::rows(notice);
        (!rows.is_empty()).then(|| InlineKeyboard {
            inline_keyboard: rows.into_iter().map(|row| row.into_iter().map(button).collect()).collect(),
        })
    }

    fn text(&self, notice: &Notice, language: Language) -> String {
        let say = |id: &str| self.texts.say(language, id, None);
        match notice {
            Notice::Welcome => say("welcome"),
            Notice::Help => say("help"),
            Notice::Searching { .. } => say("searching"),
            Notice::AlreadySearching { .. } => say("already-searching"),
            Notice::AlreadyChatting { .. } => say("already-chatting"),
            Notice::Found { .. } => say("found"),
            Notice::SearchCancelled => say("search-cancelled"),
            Notice::PartnerLeft { .. } => say("partner-left"),
            Notice::YouLeft { searching: None, .. } => say("you-left"),
            Notice::YouLeft { searching: Some(_), .. } => say("you-left-searching"),
            Notice::RoomClosed { .. } => say("room-closed"),
            Notice::NothingToStop => say("nothing-to-stop"),
            Notice::NobodyListens => say("nobody-listens"),
            Notice::StillSearching { .. } => say("still-searching"),
            Notice::SlowDown => say("slow-down"),
            Notice::TooEarly => say("too-early"),
            Notice::Busy => say("busy"),
            Notice::UnknownCommand => say("unknown-command"),
            Notice::NotCopyable { kind, reason } => self.with(
                language,
                "not-copyable",
                &[("kind", kind.name()), ("why", why_not(reason.as_deref()))],
            ),
            Notice::OtherBot { bot } => {
                let name = self.names.get(bot).map_or("none", String::as_str);
                self.with(language, "other-bot", &[("name", name)])
            }
            Notice::Banned { until } => self.with(language, "banned", &[("until", &date(*until))]),
        }
    }

    fn with(&self, language: Language, id: &str, values: &[(&'static str, &str)]) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, (*value).to_owned());
        }
        self.texts.say(language, id, Some(&args))
    }
}

fn reply_to(message: MessageId) -> ReplyParameters {
    ReplyParameters { message_id: message.0, allow_sending_without_reply: true }
}

fn changed(change: &Change, chat: UserId, message: MessageId) -> Option<Call> {
    let (chat_id, message_id) = (chat.0, message.0);
    let json = |text: &Option<String>| text.clone().and_then(Json::new);
    Some(match change {
        Change::Text { text, entities } => {
            EditMessageText { chat_id, message_id, text: text.clone(), entities: json(entities) }.into()
        }
        Change::Caption { caption, entities } => EditMessageCaption {
            chat_id,
            message_id,
            caption: caption.clone(),
            caption_entities: json(entities),
        }
        .into(),
        Change::Media { media } => {
            EditMessageMedia { chat_id, message_id, media: Json::new(media.clone())? }.into()
        }
    })
}

/// Whose doing it is that a message was not copied, from Telegram's word: the addressee's privacy settings
/// (`user restricted receiving of …`, `VOICE_MESSAGES_FORBIDDEN`), or the kind of message.
fn why_not(reason: Option<&str>) -> &'static str {
    let refused = |text: &str| text.contains("restricted") || text.ends_with("_FORBIDDEN");
    if reason.is_some_and(refused) { "refused" } else { "impossible" }
}

/// `2026-11-23 04:36`, UTC. Civil date from days: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn date(at: Millis) -> String {
    let minutes = at.0.div_euclid(60_000);
    let (days, minute) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", minute / 60, minute % 60)
}
