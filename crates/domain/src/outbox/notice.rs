//! The bot's own texts: what each says, and what that means for the chat it stands in.

use serde::{Deserialize, Serialize};

use super::{Content, Entry};
use crate::clock::Millis;
use crate::desk::Desk;
use crate::engine::Tried;
use crate::id::{BotId, MessageId, RoomId, TicketId};
use crate::message::MessageKind;
use crate::panel::{Panel, Refusal};
use crate::premium::Sale;
use crate::reveal::Concern;
use crate::safety::{CaseId, Reason, Verdict};
use crate::source::Source;

/// A text of the bot's own: what it says, not how.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum Notice {
    /// Answer to `/start` of somebody idle.
    Welcome,
    /// Answer to `/help`.
    Help,
    /// The search has begun.
    Searching {
        /// The ticket its cancel button names.
        ticket: TicketId,
    },
    /// The search lasts: what is tried now, and how long it may take.
    SearchGoesOn {
        /// The ticket its buttons name.
        ticket: TicketId,
        /// What gave way so far.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        tried: Tried,
        /// Seconds within which half of such searches end from here; not there if nobody knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        half_within: Option<u32>,
        /// Something is left that can give way at once.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        can_widen: bool,
    },
    /// Everything that may give way has, because the user wished it.
    SearchWidened {
        /// The ticket its cancel button names.
        ticket: TicketId,
    },
    /// Nobody was found for a long time: the search has ended.
    SearchGivenUp,
    /// `/search` while waiting.
    AlreadySearching {
        /// The ticket its cancel button names.
        ticket: TicketId,
    },
    /// `/search` while chatting.
    AlreadyChatting {
        /// The room its buttons name.
        room: RoomId,
    },
    /// A partner is there: the room begins in this chat.
    Found {
        /// The room its buttons name.
        room: RoomId,
    },
    /// Live state lost everything, and the room goes on in this chat: also if its end was shown, or another room since.
    RoomBack {
        /// The room its buttons name.
        room: RoomId,
    },
    /// The search was called off.
    SearchCancelled,
    /// The partner left: the room ends in this chat.
    PartnerLeft {
        /// The room that ended.
        room: RoomId,
    },
    /// The user left: the room ends in this chat.
    YouLeft {
        /// The room that ended.
        room: RoomId,
        /// They asked for the next partner: the search that has begun with the same update.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        searching: Option<TicketId>,
    },
    /// The room ended because nobody wrote, or because the fleet mended a broken room.
    RoomClosed {
        /// The room that ended.
        room: RoomId,
    },
    /// The user left and will not meet the partner again: the room ends in this chat.
    YouBlocked {
        /// The room that ended.
        room: RoomId,
    },
    /// The user will not meet a former partner again.
    Blocked,
    /// `/block` with nobody to block.
    NobodyToBlock,
    /// `/stop` with nothing to stop.
    NothingToStop,
    /// A message with no partner to take it. Said with [`Notice::about`] that message, like the next two and
    /// [`Notice::NotCopyable`].
    NobodyListens,
    /// A message while the search runs.
    StillSearching {
        /// The ticket its cancel button names.
        ticket: TicketId,
    },
    /// Too many messages wait for the partner; this one was not relayed.
    SlowDown,
    /// A message was written before its writer could know of the room they are in: it went to nobody.
    TooEarly,
    /// The user sends too much at once: nothing of theirs is passed on or answered for so long.
    Flooded {
        /// How long.
        seconds: u32,
    },
    /// The user left too many rooms too soon: no search begins for so long.
    NotSoFast {
        /// How long.
        seconds: u32,
    },
    /// The memory watermark is reached; nothing was begun.
    Busy,
    /// The fleet is closed for maintenance; nothing was begun, and what was written went to nobody.
    Maintenance,
    /// A message that Telegram does not let bots copy.
    NotCopyable {
        /// What it was.
        kind: MessageKind,
        /// Why, in Telegram's own word, if it said one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// What a copy of a message that was passed on loses.
    CopiedAnew {
        /// What it was: dice, a poll, or a location that moves.
        kind: MessageKind,
    },
    /// `/delete` that does not say which message.
    DeleteWhich,
    /// A message that was taken back when its room was over: it is gone from one's own chat alone.
    DeletedHere,
    /// A finished room was cleared.
    Cleared {
        /// What the user wrote is gone from the partner's chat as well.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        both: bool,
    },
    /// `/clear` in the middle of a room.
    ClearRunning,
    /// There is no finished room to clear.
    NothingToClear,
    /// What a finished room held cannot be looked up now.
    ClearLater,
    /// Telegram copied some of an album and not all. Said with [`Notice::about`] its first message.
    AlbumInPart,
    /// The running conversation belongs to another bot of the fleet.
    OtherBot {
        /// That bot.
        bot: BotId,
    },
    /// An unknown command.
    UnknownCommand,
    /// A page of the settings.
    Settings(Panel),
    /// A page of the administrators' desk.
    Desk(Box<Desk>),
    /// An answer to a page of the settings that cannot be taken, with what is allowed. Said with [`Notice::about`] it.
    Refused(Refusal),
    /// What is to be agreed to before the first search.
    Rules,
    /// The channel to join before a search.
    JoinFirst {
        /// Its name, without `@`.
        channel: String,
    },
    /// A message that reveals something of its writer, say, went to nobody yet: is it meant? Said with [`Notice::about`] it, like
    /// the next two.
    SendAnyway {
        /// The room its button names.
        room: RoomId,
        /// The message its button names, in this chat.
        message: MessageId,
        /// Why.
        what: Concern,
    },
    /// A message went to nobody, because of what it reveals, say.
    HeldBack {
        /// Why.
        what: Concern,
        /// It would pass if its writer were known for longer.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        new: bool,
    },
    /// A change was not carried over, because of what it reveals, say.
    ChangeHeldBack {
        /// Why.
        what: Concern,
    },
    /// What was asked about is on its way.
    SentAnyway,
    /// A welcome where there is much to do, and which bot has room.
    Elsewhere {
        /// That bot.
        bot: BotId,
    },
    /// The user's own link.
    Invite {
        /// The bot it leads to.
        bot: BotId,
        /// What counts those who come by it.
        source: Source,
        /// How many newcomers came by it, if that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invited: Option<u64>,
    },
    /// The user is banned.
    Banned {
        /// Until when.
        until: Millis,
        /// The room that ended with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomId>,
    },
    /// Nothing the user writes reaches anybody.
    Muted {
        /// Until when.
        until: Millis,
    },
    /// The user is told that what they did must not happen again.
    Warned,
    /// A ban or mute is lifted.
    Forgiven,
    /// `/report` with nobody to report.
    NobodyToReport,
    /// Why is it reported?
    ReportWhy {
        /// The room.
        room: RoomId,
        /// The message, by its id in this chat; none: the conversation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// It is reported.
    Reported {
        /// The room.
        room: RoomId,
    },
    /// What is kept about the user cannot be put together just now.
    MyDataLater,
    /// Is everything about the user to be forgotten?
    ForgetMe {
        /// When that was asked; its button counts for an hour.
        asked: Millis,
    },
    /// Everything about the user is forgotten.
    Forgotten {
        /// But for a ban or mute, which lasts.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        ban_stays: bool,
    },
    /// Nothing is forgotten.
    NotForgotten,
    /// About premium.
    Sale(Sale),
    /// A case of the moderators, in their chat.
    Case {
        /// Which.
        case: CaseId,
        /// Why it was reported.
        reason: Reason,
        /// It is about one message.
        #[serde(default, skip_serializing_if = "crate::wish::is_default")]
        message: bool,
        /// What was decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        verdict: Option<Verdict>,
    },
}

impl Notice {
    /// The reason of [`Notice::NotCopyable`] where a message is bound to its bot, and the partner came by another.
    pub const ACROSS: &'static str = "bots do not share it";
    /// The same where the file is larger than a bot may fetch.
    pub const TOO_LARGE: &'static str = "file is too big";
    /// The same where Telegram did not give the file, again and again.
    pub const NOT_FETCHED: &'static str = "the file was not given";
    /// The same where content waited too long to be held any longer.
    pub const TOO_LATE: &'static str = "it waited too long";

    /// The room after whose end this notice stands: everything unsent of it before this entry is dropped.
    #[must_use]
    pub fn ends(&self) -> Option<RoomId> {
        match self {
            Self::PartnerLeft { room }
            | Self::YouLeft { room, .. }
            | Self::YouBlocked { room }
            | Self::RoomClosed { room } => Some(*room),
            Self::Banned { room, .. } => *room,
            _ => None,
        }
    }

    /// The search that the message tells of, if news of it may take its place. Not where it ends a room as well: that
    /// stays to be read.
    #[must_use]
    pub fn shows_search(&self) -> Option<TicketId> {
        match self {
            Self::Searching { ticket }
            | Self::SearchGoesOn { ticket, .. }
            | Self::SearchWidened { ticket } => Some(*ticket),
            _ => None,
        }
    }

    /// The room that is open in this chat from here on.
    #[must_use]
    pub fn opens(&self) -> Option<RoomId> {
        match self {
            Self::Found { room } | Self::RoomBack { room } => Some(*room),
            _ => None,
        }
    }

    /// Whether a search that ran in this chat has ended with it.
    pub(super) fn ends_search(&self) -> bool {
        matches!(
            self,
            Self::Found { .. }
                | Self::RoomBack { .. }
                | Self::SearchCancelled
                | Self::SearchGivenUp
                | Self::YouLeft { .. }
                | Self::Banned { .. }
        )
    }

    /// An entry that says this as a reply to `message`.
    #[must_use]
    pub fn about(self, message: MessageId) -> Entry {
        Entry { room: None, content: Content::Answer { message, notice: self } }
    }

    /// An entry that says this in place of `message`.
    #[must_use]
    pub fn instead_of(self, message: MessageId) -> Entry {
        Entry { room: None, content: Content::Redraw { message, notice: self } }
    }

    /// An entry that says this. It belongs to no room: a notice is never dropped with one.
    #[must_use]
    pub fn entry(self) -> Entry {
        Entry { room: None, content: Content::Notice(self) }
    }
}
