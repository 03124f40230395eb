//! A call into a chat, as the sender of an outbox holds it: which method is decided when an entry is rendered.

use crate::answer::Placed;
use crate::error::CallError;
use crate::files::{
    SendAnimation, SendAudio, SendContact, SendDocument, SendLocation, SendPhoto, SendSticker, SendVenue,
    SendVideo, SendVideoNote, SendVoice,
};
use crate::method::{
    AnswerCallbackQuery, CopyMessage, CopyMessages, DeleteMessage, DeleteMessages, EditMessageCaption,
    EditMessageMedia, EditMessageReplyMarkup, EditMessageText, Method, SendChatAction, SendMessage,
    SetMessageReaction,
};
use crate::payment::SendInvoice;

/// What a call into a chat brought back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sent {
    /// The id of the message that was placed or changed; `None` where the method places none, or the answer could
    /// not be read.
    pub message_id: Option<i64>,
    /// The ids behind it, where the method placed several messages.
    pub others: Vec<i64>,
}

impl From<Placed> for Sent {
    fn from(placed: Placed) -> Self {
        Self { message_id: placed.message_id, others: placed.others }
    }
}

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// One of the methods that go into a chat.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Call {
            $($(#[$doc])* $name($name)),*
        }

        impl Call {
            /// The method's name.
            #[must_use]
            pub fn method(&self) -> &'static str {
                match self { $(Self::$name(_) => $name::NAME),* }
            }

            /// The method's parameters as JSON, as they are posted.
            pub fn body(&self) -> Result<Vec<u8>, CallError> {
                match self { $(Self::$name(method) => crate::client::body(method)),* }
            }
        }

        $(impl From<$name> for Call {
            fn from(method: $name) -> Self {
                Self::$name(method)
            }
        })*
    };
}

calls! {
    /// A text of the bot's own.
    SendMessage,
    /// A message, by reference.
    CopyMessage,
    /// An album, by reference.
    CopyMessages,
    /// A photo.
    SendPhoto,
    /// A video.
    SendVideo,
    /// A GIF or silent video.
    SendAnimation,
    /// Music.
    SendAudio,
    /// A voice note.
    SendVoice,
    /// A round video.
    SendVideoNote,
    /// Any file.
    SendDocument,
    /// A sticker.
    SendSticker,
    /// Somebody's contact.
    SendContact,
    /// A point on the map.
    SendLocation,
    /// A named point on the map.
    SendVenue,
    /// A changed text.
    EditMessageText,
    /// A changed caption.
    EditMessageCaption,
    /// Changed media.
    EditMessageMedia,
    /// Changed buttons.
    EditMessageReplyMarkup,
    /// A deletion.
    DeleteMessage,
    /// Several deletions.
    DeleteMessages,
    /// A reaction.
    SetMessageReaction,
    /// An invoice.
    SendInvoice,
    /// The end of a spinner.
    AnswerCallbackQuery,
    /// "Typing".
    SendChatAction,
}

impl Call {
    /// The chat it goes into; `None` for the answer to a button, which names none.
    #[must_use]
    pub fn chat(&self) -> Option<i64> {
        match self {
            Self::SendMessage(m) => Some(m.chat_id),
            Self::CopyMessage(m) => Some(m.chat_id),
            Self::CopyMessages(m) => Some(m.chat_id),
            Self::SendPhoto(m) => Some(m.chat_id),
            Self::SendVideo(m) => Some(m.chat_id),
            Self::SendAnimation(m) => Some(m.chat_id),
            Self::SendAudio(m) => Some(m.chat_id),
            Self::SendVoice(m) => Some(m.chat_id),
            Self::SendVideoNote(m) => Some(m.chat_id),
            Self::SendDocument(m) => Some(m.chat_id),
            Self::SendSticker(m) => Some(m.chat_id),
            Self::SendContact(m) => Some(m.chat_id),
            Self::SendLocation(m) => Some(m.chat_id),
            Self::SendVenue(m) => Some(m.chat_id),
            Self::EditMessageText(m) => Some(m.chat_id),
            Self::EditMessageCaption(m) => Some(m.chat_id),
            Self::EditMessageMedia(m) => Some(m.chat_id),
            Self::EditMessageReplyMarkup(m) => Some(m.chat_id),
            Self::DeleteMessage(m) => Some(m.chat_id),
            Self::DeleteMessages(m) => Some(m.chat_id),
            Self::SetMessageReaction(m) => Some(m.chat_id),
            Self::SendChatAction(m) => Some(m.chat_id),
            Self::SendInvoice(m) => Some(m.chat_id),
            Self::AnswerCallbackQuery(_) => None,
        }
    }

    /// The name of the part by which a file comes with the request, if one does.
    #[must_use]
    pub fn encloses(&self) -> Option<&'static str> {
        match self {
            Self::SendPhoto(m) => m.encloses(),
            Self::SendVideo(m) => m.encloses(),
            Self::SendAnimation(m) => m.encloses(),
            Self::SendAudio(m) => m.encloses(),
            Self::SendVoice(m) => m.encloses(),
            Self::SendVideoNote(m) => m.encloses(),
            Self::SendDocument(m) => m.encloses(),
            Self::SendSticker(m) => m.encloses(),
            Self::EditMessageMedia(m) => m.encloses(),
            _ => None,
        }
    }
}
