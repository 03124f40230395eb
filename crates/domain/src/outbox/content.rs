//! What an entry sends: one of the many things that can be done in a chat.

use serde::{Deserialize, Serialize};

use super::{Change, Copy, Edit, Notice};
use crate::id::{BotId, MessageId, UserId};
use crate::panel::Refusal;
use crate::parcel::{Carry, Medium, Parcel};
use crate::premium::Offer;
use crate::react::React;

/// What an entry sends.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Content {
    /// A text of the bot's own, rendered in the addressee's language when it is sent.
    Notice(Notice),
    /// What became of one message of this chat: a notice sent as a reply to it (and without one if it is gone by
    /// then), so that its writer sees which message is meant. Whatever was not relayed is answered like this.
    Answer {
        /// The message in this chat.
        message: MessageId,
        /// What is said about it.
        notice: Notice,
    },
    /// A text of the bot's own that takes the place of an earlier one, buttons and all.
    Redraw {
        /// The earlier one in this chat.
        message: MessageId,
        /// What is said instead.
        notice: Notice,
    },
    /// A partner's message, by reference.
    Copy(Copy),
    /// A partner's message that came by another bot: its content, held only until sent.
    Carry(Carry),
    /// A partner changed a message: its new content, held only until sent.
    Edit(Edit),
    /// A partner reacted to a message.
    React(React),
    /// A partner took a message back: its copy goes, and then the message itself.
    Retract {
        /// Who.
        from: UserId,
        /// Through which bot.
        bot: BotId,
        /// Its id in the writer's chat.
        message: MessageId,
        /// That of the command that said so, which goes with it.
        command: MessageId,
    },
    /// Messages of this chat go (`deleteMessages`).
    Remove {
        /// At most [`Content::REMOVED_AT_ONCE`].
        messages: Vec<MessageId>,
    },
    /// A message of somebody's chat with this bot, shown to the moderators.
    Show {
        /// Whose chat.
        from: UserId,
        /// Its id there.
        message: MessageId,
    },
    /// All that is kept about the reader, as a file: put together when it is sent, and held nowhere before.
    MyData,
    /// An invoice in Telegram Stars for something that is paid once.
    Invoice {
        /// For what.
        offer: Offer,
    },
    /// Ends the spinner on a pressed button.
    AnswerCallback {
        /// `callback_query.id`.
        query: String,
        /// A few words that show up for a moment, if the press did nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        toast: Option<Toast>,
    },
}

impl Content {
    /// Messages that one call deletes (source: Bot API, `deleteMessages`).
    pub const REMOVED_AT_ONCE: usize = 100;

    /// The message of a partner that this brings, if it brings one.
    #[must_use]
    pub fn message(&self) -> Option<&Copy> {
        match self {
            Self::Copy(copy) => Some(copy),
            Self::Carry(carry) => Some(&carry.copy),
            _ => None,
        }
    }

    /// The file that crosses from one bot to another with it, and the bot it came by.
    #[must_use]
    pub fn medium(&self) -> Option<(BotId, &Medium)> {
        match self {
            Self::Carry(Carry { copy, parcel: Parcel::File(medium) }) => Some((copy.bot, medium)),
            Self::Edit(Edit { bot, change: Change::File(medium), .. }) => Some((*bot, medium)),
            _ => None,
        }
    }

    /// Whether a file comes along with the request that sends it.
    #[must_use]
    pub fn brings_file(&self) -> bool {
        matches!(self, Self::MyData) || self.medium().is_some()
    }

    /// Whether it holds what somebody wrote, and not a reference to it.
    #[must_use]
    pub fn is_content(&self) -> bool {
        matches!(self, Self::Carry(_) | Self::Edit(_) | Self::React(_))
    }

    /// The message that this brings, to be changed.
    pub fn message_mut(&mut self) -> Option<&mut Copy> {
        match self {
            Self::Copy(copy) => Some(copy),
            Self::Carry(carry) => Some(&mut carry.copy),
            _ => None,
        }
    }
}

/// A few words shown over the chat for a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Toast {
    /// The button's room or search is over: the press changed nothing.
    Over,
    /// What was chosen cannot be taken.
    Refused(Refusal),
    /// It is decided.
    Decided,
    /// Somebody else decided before.
    DecidedBefore,
    /// Not everybody may ask that.
    NotForYou,
    /// The user is not in the channel yet.
    NotJoined,
    /// It is noted how it was with somebody.
    Rated {
        /// Well, or badly.
        up: bool,
    },
    /// Another broadcast is under way.
    Busy,
    /// Who was reported.
    Person {
        /// The user.
        user: UserId,
    },
}
