//! What a broadcast says, and what of it goes to whom.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::id::{BotId, MessageId, UpdateId, UserId};
use crate::message::MessageKind;
use crate::outbox::{Content, Copy};
use crate::parcel::{Carry, Parcel};
use crate::profile::Language;

/// What is said to everybody.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// A text for each of some languages, at least one.
    Texts(Vec<Text>),
    /// A message of an administrator's chat with a bot: a copy of it, and by the other bots what they can say of it.
    Copy(Original),
}

/// A text in one language. Its `Debug` shows no content.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    /// For whom.
    pub language: Language,
    /// 1-4096 characters.
    pub text: String,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({})", self.language.code())
    }
}

/// A message that is copied.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Original {
    /// In whose chat.
    pub from: UserId,
    /// With which bot.
    pub bot: BotId,
    /// Its id there.
    pub message: MessageId,
    /// What it is.
    pub kind: MessageKind,
    /// What other bots can say of it; none: they cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<Parcel>,
}

impl Message {
    /// The kind of what is said.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Texts(_) => MessageKind::Text,
            Self::Copy(original) => original.kind,
        }
    }

    /// What goes to somebody of this language by this bot. `None`: that bot cannot say it. Who speaks a language that has
    /// no text reads the English one, or the first.
    #[must_use]
    pub fn content(&self, language: Language, bot: BotId) -> Option<Content> {
        match self {
            Self::Texts(texts) => {
                let of = |wanted: Language| texts.iter().find(|text| text.language == wanted);
                let text = of(language).or_else(|| of(Language::En)).or_else(|| texts.first())?;
                let parcel = Parcel::Text { text: text.text.clone(), entities: None };
                Some(Content::Carry(Carry {
                    copy: copy_of(UserId(0), bot, MessageId(0), self.kind()),
                    parcel,
                }))
            }
            Self::Copy(original) => {
                let Original { from, message, kind, .. } = *original;
                let copy = copy_of(from, original.bot, message, kind);
                if original.bot == bot {
                    return Some(Content::Copy(copy));
                }
                original.parcel.clone().map(|parcel| Content::Carry(Carry { copy, parcel }))
            }
        }
    }
}

/// No partner wrote it, so no update brought it.
fn copy_of(from: UserId, bot: BotId, message: MessageId, kind: MessageKind) -> Copy {
    let (update, at) = (UpdateId(0), Millis(0));
    Copy { from, bot, update, message, kind, reply: None, album: None, protect: false, at }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOT: BotId = BotId(7_000_000_001);
    const OTHER: BotId = BotId(8);

    fn text_of(message: &Message, language: Language) -> String {
        match message.content(language, BOT) {
            Some(Content::Carry(Carry { parcel: Parcel::Text { text, .. }, .. })) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn everybody_reads_their_language_or_english_or_what_there_is() {
        let text = |language, text: &str| Text { language, text: text.into() };
        let both = Message::Texts(vec![text(Language::Fa, "salam"), text(Language::En, "hello")]);
        assert_eq!(text_of(&both, Language::Fa), "salam");
        assert_eq!(text_of(&both, Language::Ru), "hello");
        let one = Message::Texts(vec![text(Language::Fa, "salam")]);
        assert_eq!(text_of(&one, Language::Ru), "salam");
    }

    #[test]
    fn a_message_is_copied_by_its_bot_and_said_again_by_others() {
        let original = Original {
            from: UserId(5),
            bot: BOT,
            message: MessageId(9),
            kind: MessageKind::Text,
            parcel: Some(Parcel::Text { text: "hi".into(), entities: None }),
        };
        let message = Message::Copy(original.clone());
        assert!(
            matches!(message.content(Language::En, BOT), Some(Content::Copy(copy)) if copy.from == UserId(5))
        );
        assert!(matches!(message.content(Language::En, OTHER), Some(Content::Carry(_))));
        let bound = Message::Copy(Original { kind: MessageKind::Poll, parcel: None, ..original });
        assert!(bound.content(Language::En, BOT).is_some());
        assert_eq!(bound.content(Language::En, OTHER), None);
    }
}
