//! Who did what, as the decision is told it.

use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::mark::Queue;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::Change;
use hamdam_domain::profile::Language;
use hamdam_domain::source::Source;
use hamdam_domain::wish::Spot;
use hamdam_telegram::update::Quoted;

use crate::anonymity::Reveals;
use crate::button::Button;

/// Who did what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// Who; in a private chat the chat as well.
    pub user: UserId,
    /// The queue it came through.
    pub queue: Queue,
    /// The language of their Telegram, if it says.
    pub language: Option<Language>,
    /// What.
    pub input: Input,
    /// What the message above a pressed button replies to.
    pub quoted: Option<Quoted>,
}

/// What a user did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Wrote a command.
    Command {
        /// Which.
        command: Command,
        /// The message it stood in.
        message: MessageId,
    },
    /// Wrote anything else.
    Message(Incoming),
    /// Changed a message.
    Edit {
        /// Which.
        message: MessageId,
        /// What it became; `None` if a bot cannot make the same change.
        change: Option<Change>,
        /// What it reveals of its writer now.
        reveals: Reveals,
    },
    /// Changed their reaction on a message.
    Reaction {
        /// The message.
        message: MessageId,
        /// The reaction now, if it is one that bots can put.
        emoji: Option<String>,
    },
    /// Pressed a button.
    Press {
        /// What `answerCallbackQuery` names.
        query: String,
        /// The message the button stands under.
        message: MessageId,
        /// Which; `None` if it is none of ours.
        button: Option<Button>,
        /// The message of the presser's own that the button's message answers, as it stands now.
        about: Option<About>,
    },
    /// Blocked the bot, or deleted the chat with it.
    Blocked,
    /// Unblocked or started the bot.
    Unblocked,
}

impl Input {
    /// The message that was written.
    #[must_use]
    pub fn written(&self) -> Option<MessageId> {
        match self {
            Self::Command { message, .. } => Some(*message),
            Self::Message(incoming) => Some(incoming.message),
            Self::Edit { .. }
            | Self::Reaction { .. }
            | Self::Press { .. }
            | Self::Blocked
            | Self::Unblocked => None,
        }
    }
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// `/start`, with the counted link whose payload stood behind it.
    Start(Option<Source>),
    /// `/search`
    Search,
    /// `/next`
    Next,
    /// `/stop`
    Stop,
    /// `/help`
    Help,
    /// `/settings`
    Settings,
    /// `/profile`
    Profile,
    /// `/block`
    Block,
    /// `/report`
    Report {
        /// The message of the bot it was written in reply to: a partner's, perhaps.
        about: Option<MessageId>,
    },
    /// `/invite`
    Invite,
    /// `/delete`, and the message it replies to.
    Delete(Option<Replied>),
    /// `/clear`
    Clear,
    /// `/mydata`
    MyData,
    /// `/forgetme`
    ForgetMe,
    /// `/premium`
    Premium,
    /// `/paysupport`
    PaySupport,
    /// `/terms`
    Terms,
    /// Any other.
    Unknown,
}

/// A message to be passed on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Incoming {
    /// Its id in the writer's chat.
    pub message: MessageId,
    /// What it is.
    pub kind: MessageKind,
    /// What it replies to.
    pub reply: Option<Replied>,
    /// What it says to a page of the settings that asked something.
    pub answer: Option<Answer>,
    /// What it reveals of its writer.
    pub reveals: Reveals,
}

/// A message of somebody's own that the bot asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct About {
    /// Its id in the writer's chat.
    pub message: MessageId,
    /// What it is.
    pub kind: MessageKind,
    /// What it reveals of its writer.
    pub reveals: Reveals,
}

/// What a message may answer. Its `Debug` shows no content.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Answer {
    /// A text.
    Text(String),
    /// A location.
    Location(Spot),
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Location(_) => "Location",
        })
    }
}

/// A message replied to, by its id in the writer's chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replied {
    /// One of the writer's own.
    Mine(MessageId),
    /// One the bot sent: a partner's copy, or a notice.
    Theirs(MessageId),
}
