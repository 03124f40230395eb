//! From an entry of the outbox to a method of the Bot API.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use fluent_bundle::FluentArgs;
use hamdam_domain::clock::Millis;
use hamdam_domain::engine::Tried;
use hamdam_domain::id::{BotId, MessageId, UserId};
use hamdam_domain::outbox::{Change, Content, Edit, Entry, Notice, Reference, Toast};
use hamdam_domain::panel::Refusal;
use hamdam_domain::premium::Sale;
use hamdam_domain::profile::Language;
use hamdam_domain::reveal::Concern;
use hamdam_domain::safety::FOR_EVER;
use hamdam_domain::source::Source;
use hamdam_domain::wish::{Age, Interests, Tongues};
use hamdam_telegram::Call;
use hamdam_telegram::files::InputFile;
use hamdam_telegram::markup::{InlineButton, InlineKeyboard, Press, ReplyParameters};
use hamdam_telegram::method::{
    AnswerCallbackQuery, Command, CopyMessage, DeleteMessage, DeleteMessages, EditMessageCaption,
    EditMessageMedia, EditMessageText, Json, SendMessage, SetMyCommands, SetMyDescription, SetMyName,
    SetMyShortDescription,
};

use hamdam_telegram::payment::SendInvoice;

use crate::button::Button;
use crate::change::input_media;
use crate::desk;
use crate::elsewhere::link_to;
use crate::keyboard;
use crate::parcel::call_of;
use crate::premium;
use crate::react;
use crate::rights::Kept;
use crate::settings::view;
use crate::texts::{Speech, Texts};

/// What an entry needs to know before it is rendered: the message it replies to or changes. `There` is known;
/// `Own` is to be looked up among the ids of the entry's room.
#[must_use]
pub fn reference(entry: &Entry) -> Option<Reference> {
    match &entry.content {
        Content::Copy(copy) => copy.reply,
        Content::Carry(carry) => carry.copy.reply,
        Content::Edit(edit) => Some(Reference::Own(edit.message)),
        Content::React(react) => Some(react.message),
        Content::Retract { message, .. } => Some(Reference::Own(*message)),
        Content::Redraw { .. }
        | Content::Notice(_)
        | Content::Answer { .. }
        | Content::Remove { .. }
        | Content::Show { .. }
        | Content::MyData
        | Content::Invoice { .. }
        | Content::AnswerCallback { .. } => None,
    }
}

/// Speaks for the bots.
pub struct Voice {
    pub(crate) texts: Texts,
    names: RwLock<HashMap<BotId, String>>,
    kept: Kept,
}

impl std::fmt::Debug for Voice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Voice").finish_non_exhaustive()
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
        Self { texts: Texts::new(), names: RwLock::new(names), kept: Kept::default() }
    }

    /// Learns the `@names` of more bots.
    pub fn learn(&self, names: HashMap<BotId, String>) {
        self.names.write().unwrap_or_else(PoisonError::into_inner).extend(names);
    }

    fn names(&self) -> RwLockReadGuard<'_, HashMap<BotId, String>> {
        self.names.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn name_of(&self, bot: BotId) -> Option<String> {
        self.names().get(&bot).cloned()
    }

    /// The same, telling this about what is kept.
    #[must_use]
    pub fn telling(self, kept: Kept) -> Self {
        Self { kept, ..self }
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
            Content::Carry(carry) => return call_of(carry, chat, known, None),
            // It needs its file, see `Voice::my_data`.
            Content::MyData => return None,
            Content::Show { from, message } => CopyMessage {
                chat_id: chat.0,
                from_chat_id: from.0,
                message_id: message.0,
                reply_parameters: None,
                // What was reported is looked at and not passed on.
                protect_content: true,
            }
            .into(),
            Content::Invoice { offer } => {
                SendInvoice { chat_id: chat.0, invoice: premium::invoice(*offer, &self.speech(language)) }
                    .into()
            }
            Content::Edit(edit) => return changed(&edit.change, chat, known?),
            Content::React(react) => react::call_of(react, chat, known?),
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

    /// The same for an entry whose file crosses from one bot to another ([`Content::medium`]), with what there is of that
    /// file. `None` as well for an entry without one.
    #[must_use]
    pub fn render_file(
        &self,
        entry: &Entry,
        chat: UserId,
        known: Option<MessageId>,
        file: InputFile,
    ) -> Option<Call> {
        match &entry.content {
            Content::Carry(carry) => call_of(carry, chat, known, Some(file)),
            Content::Edit(Edit { change: Change::File(medium), .. }) => {
                let media = match &file {
                    InputFile::Known(id) => id.as_str(),
                    InputFile::Enclosed => EditMessageMedia::ENCLOSED,
                };
                let (chat_id, message_id) = (chat.0, known?.0);
                let media = Json::new(input_media(medium, media)?)?;
                Some(EditMessageMedia { chat_id, message_id, media }.into())
            }
            _ => None,
        }
    }

    /// The list of commands Telegram shows, in one language; those of premium only where it is `sold`.
    #[must_use]
    pub fn commands(&self, language: Language, sold: bool) -> SetMyCommands {
        let listed = [
            ("search", "command-search"),
            ("next", "command-next"),
            ("stop", "command-stop"),
            ("report", "command-report"),
            ("block", "command-block"),
            ("delete", "command-delete"),
            ("clear", "command-clear"),
            ("settings", "command-settings"),
            ("profile", "command-profile"),
            ("invite", "command-invite"),
            ("mydata", "command-mydata"),
            ("forgetme", "command-forgetme"),
            ("help", "command-help"),
        ];
        let sales = [
            ("premium", "command-premium"),
            ("paysupport", "command-paysupport"),
            ("terms", "command-terms"),
        ];
        let commands = listed
            .into_iter()
            .chain(sales.into_iter().filter(|_| sold))
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
            protect_content: false,
            reply_parameters: about.map(reply_to),
            reply_markup: self.keyboard(notice, language),
        }
        .into()
    }

    /// The button that leads out of the bot, if a notice has one. It stands first.
    fn link_of(&self, notice: &Notice, speech: &Speech<'_>) -> Option<InlineButton> {
        let (text, link) = match notice {
            Notice::JoinFirst { channel } => {
                (speech.say("button-channel"), format!("https://t.me/{channel}"))
            }
            Notice::Elsewhere { bot } => {
                let name = self.name_of(*bot)?;
                (speech.with("button-elsewhere", &[("name", name.as_str())]), link_to(&name))
            }
            _ => return None,
        };
        Some(InlineButton { text, does: Press::Url(link) })
    }

    fn keyboard(&self, notice: &Notice, language: Language) -> Option<InlineKeyboard> {
        let button =
            |(text, button): (String, Button)| InlineButton { text, does: Press::Data(button.to_string()) };
        let speech = self.speech(language);
        let labelled = |(label, button): keyboard::Labelled| (speech.say(label), button);
        let rows: Vec<Vec<_>> = match notice {
            Notice::Settings(panel) => view::rows(panel, &speech),
            Notice::Sale(Sale::Offers { offers, .. }) => premium::rows(offers, &speech),
            Notice::Desk(page) => desk::rows(page, &speech, &self.names()),
            _ => keyboard::rows(notice)
                .into_iter()
                .map(|row| row.into_iter().map(labelled).collect())
                .collect(),
        };
        let rows = rows.into_iter().map(|row| row.into_iter().map(button).collect());
        let link = self.link_of(notice, &speech).map(|link| vec![link]);
        let mut rows: Vec<Vec<_>> = link.into_iter().chain(rows).collect();
        if let Notice::Sale(sale) = notice
            && let Some((text, link)) = premium::link_of(sale, &speech)
        {
            rows.push(vec![InlineButton { text, does: Press::Url(link) }]);
        }
        (!rows.is_empty()).then_some(InlineKeyboard { inline_keyboard: rows })
    }

    #[expect(clippy::too_many_lines, reason = "a table: what each notice says")]
    fn text(&self, notice: &Notice, language: Language) -> String {
        let say = |id: &str| self.texts.say(language, id, None);
        match notice {
            Notice::Welcome => say("welcome"),
            Notice::Help => format!("{}\n\n{}", say("help"), self.kept.said(&self.speech(language))),
            Notice::Searching { .. } => say("searching"),
            Notice::AlreadySearching { .. } => say("already-searching"),
            Notice::AlreadyChatting { .. } => say("already-chatting"),
            Notice::Found { .. } => say("found"),
            Notice::RoomBack { .. } => say("room-back"),
            Notice::SearchCancelled => say("search-cancelled"),
            Notice::PartnerLeft { .. } => say("partner-left"),
            Notice::YouLeft { searching: None, .. } => say("you-left"),
            Notice::YouLeft { searching: Some(_), .. } => say("you-left-searching"),
            Notice::RoomClosed { .. } => say("room-closed"),
            Notice::NothingToStop => say("nothing-to-stop"),
            Notice::NobodyListens => say("nobody-listens"),
            Notice::StillSearching { .. } => say("still-searching"),
            Notice::SlowDown => say("slow-down"),
            Notice::Flooded { seconds } => self.speech(language).with("flooded", &[("seconds", *seconds)]),
            Notice::NotSoFast { seconds } => {
                self.speech(language).with("not-so-fast", &[("seconds", *seconds)])
            }
            Notice::TooEarly => say("too-early"),
            Notice::Busy => say("busy"),
            Notice::Maintenance => say("maintenance"),
            Notice::UnknownCommand => say("unknown-command"),
            Notice::NotCopyable { kind, reason } => self.with(
                language,
                "not-copyable",
                &[("kind", kind.name()), ("why", why_not(reason.as_deref()))],
            ),
            Notice::CopiedAnew { kind } => self.with(language, "copied-anew", &[("kind", kind.name())]),
            Notice::DeleteWhich => say("delete-which"),
            Notice::DeletedHere => say("deleted-here"),
            Notice::Cleared { both } => {
                self.with(language, "cleared", &[("sides", if *both { "both" } else { "here" })])
            }
            Notice::ClearRunning => say("clear-running"),
            Notice::NothingToClear => say("clear-nothing"),
            Notice::ClearLater => say("clear-later"),
            Notice::AlbumInPart => say("album-in-part"),
            Notice::OtherBot { bot } => {
                let name = self.name_of(*bot);
                self.with(language, "other-bot", &[("name", name.as_deref().unwrap_or("none"))])
            }
            Notice::Settings(panel) => view::text(panel, &self.speech(language)),
            Notice::Desk(page) => desk::text(page, &self.speech(language), &self.names()),
            Notice::Refused(refusal) => refused(*refusal, &self.speech(language)),
            Notice::Elsewhere { bot } => {
                let speech = self.speech(language);
                let room =
                    self.name_of(*bot).map(|name| speech.with("elsewhere", &[("name", name.as_str())]));
                std::iter::once(speech.say("welcome")).chain(room).collect::<Vec<_>>().join("\n\n")
            }
            Notice::Rules => say("rules"),
            Notice::JoinFirst { channel } => self.with(language, "join-first", &[("name", channel)]),
            Notice::Sale(sale) => premium::text(sale, &self.speech(language)),
            Notice::SearchGoesOn { tried, half_within, .. } => {
                goes_on(*tried, *half_within, &self.speech(language))
            }
            Notice::SearchWidened { .. } => say("search-widened"),
            Notice::SearchGivenUp => say("search-given-up"),
            Notice::YouBlocked { .. } => say("you-blocked"),
            Notice::Blocked => say("blocked"),
            Notice::NobodyToBlock => say("nobody-to-block"),
            Notice::Banned { until, .. } if *until >= FOR_EVER => say("banned-for-ever"),
            Notice::Banned { until, .. } => self.with(language, "banned", &[("until", &date(*until))]),
            Notice::Muted { until } => self.with(language, "muted", &[("until", &date(*until))]),
            Notice::Warned => say("warned"),
            Notice::Forgiven => say("forgiven"),
            Notice::NobodyToReport => say("nobody-to-report"),
            Notice::ReportWhy { message: None, .. } => say("report-why"),
            Notice::ReportWhy { message: Some(_), .. } => say("report-why-message"),
            Notice::Reported { .. } => say("reported"),
            Notice::Case { case, reason, message, verdict } => {
                let about = if *message { "message" } else { "chat" };
                let name = case.to_string();
                let values = [("case", &*name), ("reason", reason.word()), ("about", about)];
                let card = self.with(language, "case", &values);
                match verdict {
                    None => card,
                    Some(verdict) => {
                        let decided = self.with(language, "case-decided", &[("verdict", verdict.word())]);
                        format!("{card}\n{decided}")
                    }
                }
            }
            Notice::SendAnyway { what, .. } => match what {
                Concern::Reveals(what) => self.with(language, "send-anyway", &[("what", what.name())]),
                Concern::Word => say("send-anyway-word"),
                Concern::Repeat => say("send-anyway-repeat"),
            },
            Notice::HeldBack { what, new } => match what {
                Concern::Reveals(what) => {
                    let whom = if *new { "new" } else { "all" };
                    self.with(language, "held-back", &[("what", what.name()), ("whom", whom)])
                }
                Concern::Word => say("held-back-word"),
                Concern::Repeat => say("held-back-repeat"),
            },
            Notice::ChangeHeldBack { what } => match what {
                Concern::Reveals(what) => self.with(language, "change-held-back", &[("what", what.name())]),
                Concern::Word => say("change-held-back-word"),
                Concern::Repeat => say("change-held-back-repeat"),
            },
            Notice::SentAnyway => say("sent-anyway"),
            Notice::MyDataLater => say("my-data-later"),
            Notice::ForgetMe { .. } => say("forget-me"),
            Notice::Forgotten { ban_stays: false } => say("forgotten"),
            Notice::Forgotten { ban_stays: true } => say("forgotten-ban-stays"),
            Notice::NotForgotten => say("not-forgotten"),
            Notice::Invite { bot, source, invited } => {
                let name = self.name_of(*bot);
                invitation(name.as_deref(), source, *invited, &self.speech(language))
            }
        }
    }

    fn toast(&self, toast: Toast, language: Language) -> String {
        match toast {
            Toast::Over => self.texts.say(language, "toast-over", None),
            Toast::Refused(refusal) => refused(refusal, &self.speech(language)),
            Toast::Decided => self.texts.say(language, "toast-decided", None),
            Toast::DecidedBefore => self.texts.say(language, "toast-decided-before", None),
            Toast::Rated { up } => {
                self.texts.say(language, if up { "toast-good" } else { "toast-bad" }, None)
            }
            Toast::NotJoined => self.texts.say(language, "toast-not-joined", None),
            Toast::Busy => self.texts.say(language, "toast-busy", None),
            Toast::NotForYou => self.texts.say(language, "toast-not-for-you", None),
            Toast::Person { user } => format!("🆔 {user}"),
        }
    }

    pub(crate) fn speech(&self, language: Language) -> Speech<'_> {
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
        Refusal::ForPremium => speech.say("refused-for-premium"),
    }
}

/// Somebody's own link, and how many came by it. Without the bot's name there is none to tell.
fn invitation(name: Option<&str>, source: &Source, invited: Option<u64>, speech: &Speech<'_>) -> String {
    let Some(name) = name else { return speech.say("invite-nameless") };
    let link = format!("https://t.me/{name}?start={source}");
    let link = speech.with("invite", &[("link", link.as_str())]);
    match invited {
        Some(count) => format!("{link}\n\n{}", speech.with("invited", &[("count", count)])),
        None => link,
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

pub(crate) fn reply_to(message: MessageId) -> ReplyParameters {
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
        // Rendered with what there is of its file.
        Change::File(_) => return None,
    })
}

/// Why a message was not passed on, from our own word or Telegram's: the addressee's privacy settings (`user restricted
/// receiving of …`, `VOICE_MESSAGES_FORBIDDEN`), its way to another bot, or the kind of message.
fn why_not(reason: Option<&str>) -> &'static str {
    let Some(reason) = reason else { return "impossible" };
    match reason {
        Notice::ACROSS => "across",
        Notice::NOT_FETCHED | Notice::TOO_LATE => "failed",
        reason if reason.contains(Notice::TOO_LARGE) => "large",
        reason if reason.contains("restricted") || reason.ends_with("_FORBIDDEN") => "refused",
        _ => "impossible",
    }
}

/// A time as people read it: `2026-11-23 04:36`, UTC.
#[must_use]
pub fn date(at: Millis) -> String {
    let (year, month, day) = at.date();
    let minute = at.0.div_euclid(60_000).rem_euclid(1_440);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", minute / 60, minute % 60)
}
