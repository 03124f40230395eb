//! From an entry of the outbox to a method of the Bot API.

mod about;
mod buttons;
mod text;

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use hamdam_domain::id::{BotId, MessageId, UserId};
use hamdam_domain::outbox::{Change, Content, Edit, Entry, Notice, Reference};
use hamdam_domain::profile::Language;
use hamdam_telegram::Call;
use hamdam_telegram::files::InputFile;
use hamdam_telegram::markup::ReplyParameters;
use hamdam_telegram::method::{
    AnswerCallbackQuery, CopyMessage, DeleteMessage, DeleteMessages, EditMessageCaption, EditMessageMedia,
    EditMessageText, Json, SendMessage,
};
use hamdam_telegram::payment::SendInvoice;

pub use self::text::date;
use crate::change::input_media;
use crate::parcel::call_of;
use crate::premium;
use crate::react;
use crate::rights::Kept;
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
    pub(crate) texts: &'static Texts,
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
        Self { texts: Texts::embedded(), names: RwLock::new(names), kept: Kept::default() }
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

    pub(crate) fn speech(&self, language: Language) -> Speech<'_> {
        Speech::new(self.texts, language)
    }
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
