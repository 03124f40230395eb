//! From an entry of the outbox to a method of the Bot API.

use std::collections::HashMap;

use fluent_bundle::FluentArgs;
use hamdam_domain::clock::Millis;
use hamdam_domain::engine::Tried;
use hamdam_domain::id::{BotId, MessageId, UserId};
use hamdam_domain::outbox::{Change, Content, Entry, Notice, Reference, Toast};
use hamdam_domain::panel::Refusal;
use hamdam_domain::profile::Language;
use hamdam_domain::wish::{Age, Interests, Tongues};
use hamdam_telegram::markup::{InlineButton, InlineKeyboard, ReplyParameters};
use hamdam_telegram::method::{
    AnswerCallbackQuery, Command, CopyMessage, CopyMessages, DeleteMessage, DeleteMessages,
    EditMessageCaption, EditMessageMedia, EditMessageText, Json, SendMessage, SetMessageReaction,
    SetMyCommands, SetMyDescription, SetMyName, SetMyShortDescription,
};
use hamdam_telegram::{Call, ReactionType};

use crate::button::Button;
use crate::keyboard;
use crate::settings::view;
use crate::texts::{Speech, Texts};

/// What an entry needs to know before it is rendered: the message it replies to or changes. `There` is known;
/// `Own` is to be looked up among the ids of the entry's room.
#[must_use]
pub fn reference(entry: &Entry) -> Option<Reference> {
    match &entry.content {
        Content::Copy(copy) => copy.reply,
        Content::Edit(edit) => Some(Reference::Own(edit.message)),
        Content::React(react) => Some(react.message),
        Content::Retract { message, .. } => Some(Reference::Own(*message)),
        Content::Redraw { .. }
        | Content::Notice(_)
        | Content::Answer { .. }
        | Content::Remove { .. }
        | Content::AnswerCallback { .. } => None,
    }
}

/// The method that copies an album into `chat`: entries of which each [goes with](Entry::goes_with) the next. Their
/// replies are lost, because no method copies several messages as a reply.
#[must_use]
pub fn album<'e>(entries: impl Iterator<Item = &'e Entry>, chat: UserId) -> Option<Call> {
    let mut album: Option<CopyMessages> = None;
    for entry in entries {
        let Content::Copy(copy) = &entry.content else { return None };
        let (from_chat_id, message_ids) = (copy.from.0, Vec::new());
        let all = album.get_or_insert(CopyMessages {
            chat_id: chat.0,
            from_chat_id,
            message_ids,
            protect_content: false,
        });
        all.message_ids.push(copy.message.0);
        // What one of them must not give away, none may: a call says it of all.
        all.protect_content |= copy.protect;
    }
    album.map(Into::into)
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
            Content::Redraw { message, notice } => EditMessageText {
                chat_id: chat.0,
                message_id: message.0,
                text: self.text(notice, language),
                entities: None,
                reply_markup: self.keyboard(notice, language),
            }
            .into(),
            Content::Copy(copy) => CopyMessage {
                chat_id: chat.0,
                from_chat_id: copy.from.0,
                message_id: copy.message.0,
                reply_parameters: known.map(reply_to),
                protect_content: copy.protect,
            }
            .into(),
            Content::Edit(edit) => return changed(&edit.change, chat, known?),
            Content::React(react) => {
                let put = |emoji: &String| ReactionType::Emoji { emoji: emoji.clone() };
                let reaction = react.emoji.iter().map(put).collect();
                SetMessageReaction { chat_id: chat.0, message_id: known?.0, reaction }.into()
            }
            Content::Retract { .. } => DeleteMessage { chat_id: chat.0, message_id: known?.0 }.into(),
            Content::Remove { messages } => {
                let message_ids = messages.iter().map(|message| message.0).collect();
                DeleteMessages { chat_id: chat.0, message_ids }.into()
            }
            Content::AnswerCallback { query, toast } => AnswerCallbackQuery {
                callback_query_id: query.clone(),
                text: toast.map(|toast| self.toast(toast, language)),
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
            ("settings", "command-settings"),
            ("profile", "command-profile"),
            ("delete", "command-delete"),
            ("clear", "command-clear"),
            ("help", "command-help"),
        ];
        let commands = listed
            .into_iter()
            .map(|(command, id)| Command { command, description: self.texts.say(language, id, None) });
        SetMyCommands { commands: commands.collect(), language_code: code(language) }
    }

    /// The bot's name in one language.
    #[must_use]
    pub fn name(&self, language: Language) -> SetMyName {
        SetMyName { name: self.texts.say(language, "bot-name", None), language_code: code(language) }
    }

    /// What an empty chat with the bot shows, in one language.
    #[must_use]
    pub fn description(&self, language: Language) -> SetMyDescription {
        let description = self.texts.say(language, "bot-description", None);
        SetMyDescription { description, language_code: code(language) }
    }

    /// What the bot's page shows, in one language.
    #[must_use]
    pub fn short_description(&self, language: Language) -> SetMyShortDescription {
        let short_description = self.texts.say(language, "bot-short-description", None);
        SetMyShortDescription { short_description, language_code: code(language) }
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
        let button =
            |(text, button): (String, Button)| InlineButton { text, callback_data: button.to_string() };
        let speech = self.speech(language);
        let labelled = |(label, button): keyboard::Labelled| (speech.say(label), button);
        let rows: Vec<Vec<_>> = match notice {
            Notice::Settings(panel) => view::rows(panel, &speech),
            _ => keyboard::rows(notice)
                .into_iter()
                .map(|row| row.into_iter().map(labelled).collect())
                .collect(),
        };
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
            Notice::DeleteWhich => say("delete-which"),
            Notice::CopiedAnew { kind } => self.with(language, "copied-anew", &[("kind", kind.name())]),
            Notice::AlbumInPart => say("album-in-part"),
            Notice::Cleared => say("cleared"),
            Notice::NothingToClear => say("clear-nothing"),
            Notice::ClearLater => say("clear-later"),
            Notice::NotCopyable { kind, reason } => self.with(
                language,
                "not-copyable",
                &[("kind", kind.name()), ("why", why_not(reason.as_deref()))],
            ),
            Notice::OtherBot { bot } => {
                let name = self.names.get(bot).map_or("none", String::as_str);
                self.with(language, "other-bot", &[("name", name)])
            }
            Notice::Settings(panel) => view::text(panel, &self.speech(language)),
            Notice::Refused(refusal) => refused(*refusal, &self.speech(language)),
            Notice::Rules => say("rules"),
            Notice::SearchGoesOn { tried, half_within, .. } => {
                goes_on(*tried, *half_within, &self.speech(language))
            }
            Notice::SearchWidened { .. } => say("search-widened"),
            Notice::SearchGivenUp => say("search-given-up"),
            Notice::Banned { until } => self.with(language, "banned", &[("until", &date(*until))]),
        }
    }

    fn toast(&self, toast: Toast, language: Language) -> String {
        match toast {
            Toast::Over => self.texts.say(language, "toast-over", None),
            Toast::Refused(refusal) => refused(refusal, &self.speech(language)),
        }
    }

    fn speech(&self, language: Language) -> Speech<'_> {
        Speech::new(&self.texts, language)
    }

    fn with(&self, language: Language, id: &str, values: &[(&'static str, &str)]) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, (*value).to_owned());
        }
        self.texts.say(language, id, Some(&args))
    }
}

/// Why an answer was not taken, with what is allowed.
fn refused(refusal: Refusal, speech: &Speech<'_>) -> String {
    let (least, most) = (Age::LEAST.years(), Age::MOST.years());
    match refusal {
        Refusal::Age => speech.with("refused-age", &[("least", least), ("most", most)]),
        Refusal::Ages => speech.with("refused-ages", &[("least", least), ("most", most)]),
        Refusal::UpsideDown { from, to } => speech.with("refused-upside-down", &[("from", from), ("to", to)]),
        Refusal::Place => speech.say("refused-place"),
        Refusal::NoPlace => speech.say("refused-no-place"),
        Refusal::TooManyInterests { given } => {
            let most = u32::try_from(Interests::MOST).unwrap_or(u32::MAX);
            speech.with("refused-too-many-interests", &[("given", given), ("most", most)])
        }
        Refusal::TooManyLanguages => speech.with("refused-too-many-languages", &[("most", Tongues::MOST)]),
        Refusal::Interests => speech.say("refused-interests"),
    }
}

/// A search that lasts: what is tried now, and how long it may take.
fn goes_on(tried: Tried, half_within: Option<u32>, speech: &Speech<'_>) -> String {
    let value = |id: &str, value: String| speech.with(id, &[("value", value.as_str())]);
    let lines = [
        tried.reach.map(|reach| value("trying-reach", view::reach(reach, speech))),
        tried.ages.map(|ages| value("trying-ages", view::ages_text(ages, speech))),
        tried.any_language.then(|| speech.say("trying-any-language")),
        tried.any_gender.then(|| speech.say("trying-any-gender")),
    ];
    let wait = match half_within {
        None => speech.say("wait-unknown"),
        Some(seconds) if seconds < 60 => speech.say("wait-moment"),
        Some(seconds) => speech.with("wait-minutes", &[("minutes", seconds.div_ceil(60))]),
    };
    let said = std::iter::once(speech.say("search-goes-on")).chain(lines.into_iter().flatten()).chain([wait]);
    said.collect::<Vec<_>>().join("\n")
}

/// English is for everyone whose language has nothing of its own.
fn code(language: Language) -> Option<&'static str> {
    (language != Language::default()).then(|| language.code())
}

fn reply_to(message: MessageId) -> ReplyParameters {
    ReplyParameters { message_id: message.0, allow_sending_without_reply: true }
}

fn changed(change: &Change, chat: UserId, message: MessageId) -> Option<Call> {
    let (chat_id, message_id) = (chat.0, message.0);
    let json = |text: &Option<String>| text.clone().and_then(Json::new);
    Some(match change {
        Change::Text { text, entities } => {
            let (text, entities) = (text.clone(), json(entities));
            EditMessageText { chat_id, message_id, text, entities, reply_markup: None }.into()
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
