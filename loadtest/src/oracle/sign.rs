//! What a message of the bot says about rooms and searches, read off its buttons. Texts are never read: they come
//! in many languages, and the judge shares no parser with the defendant.
//!
//! The contract of callback data: `next:<room>` and `stop:<room>` stand under messages of a room that is open,
//! `search:<room>` under the notice that a room ended (`search:0`: no room is meant), `cancel:<bot>:<update>` under
//! what says that a search runs, named by the update that began it, `send:<room>:<message>` under the question whether a
//! message of the chat is meant: it was not relayed, and is once the button is pressed, `clear:<room>` under the notice
//! that a room ended: what was written in it may go.

use crate::telegram::{BotId, Buttons, MessageId, UpdateId};

/// A room's number, as the buttons carry it.
pub type RoomId = i64;

/// One wish for a partner: the update that asked, and the bot it asked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// The bot.
    pub bot: BotId,
    /// The update.
    pub update: UpdateId,
}

/// What a button's data asks for or stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `next:<room>`.
    Next(RoomId),
    /// `stop:<room>`.
    Stop(RoomId),
    /// `search:<room>`; 0 if no room is meant.
    Search(RoomId),
    /// `cancel:<bot>:<update>`.
    Cancel(Ticket),
    /// `send:<room>:<message>`.
    Send(RoomId, MessageId),
    /// `clear:<room>`.
    Clear(RoomId),
}

impl Sign {
    /// Reads callback data; `None` for what the contract does not name.
    pub fn read(data: &str) -> Option<Self> {
        let (verb, rest) = data.split_once(':')?;
        match verb {
            "next" => rest.parse().ok().map(Self::Next),
            "stop" => rest.parse().ok().map(Self::Stop),
            "search" => rest.parse().ok().map(Self::Search),
            "clear" => rest.parse().ok().map(Self::Clear),
            "cancel" => {
                let (bot, update) = rest.split_once(':')?;
                Some(Self::Cancel(Ticket { bot: bot.parse().ok()?, update: update.parse().ok()? }))
            }
            "send" => {
                let (room, message) = rest.split_once(':')?;
                Some(Self::Send(room.parse().ok()?, message.parse().ok()?))
            }
            _ => None,
        }
    }
}

/// What all buttons of one message say together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// This room is open in the chat.
    pub open: Option<RoomId>,
    /// This room ended in the chat.
    pub over: Option<RoomId>,
    /// A search runs by this ticket.
    pub searching: Option<Ticket>,
}

impl Signs {
    /// Reads the buttons under a message.
    pub fn of(buttons: &Buttons) -> Self {
        let mut signs = Self::default();
        for data in buttons.iter().flatten().filter_map(|button| button.data.as_deref()) {
            match Sign::read(data) {
                Some(Sign::Next(room) | Sign::Stop(room)) => signs.open = Some(room),
                Some(Sign::Search(room)) if room > 0 => signs.over = Some(room),
                Some(Sign::Cancel(ticket)) => signs.searching = Some(ticket),
                Some(Sign::Search(_) | Sign::Send(..) | Sign::Clear(_)) | None => {}
            }
        }
        signs
    }
}

/// What a user asks the bot for by one update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To open the bot.
    Start,
    /// A partner.
    Search,
    /// To leave the room (the one named by a button, or whichever there is) and to search.
    Next(Option<RoomId>),
    /// To leave the room, or to call off the search.
    Stop(Option<RoomId>),
    /// To call off the search.
    Cancel,
    /// A message to be sent after all.
    Send(RoomId, MessageId),
    /// A message to be taken back: the one that is replied to.
    Delete,
    /// A room that is over to be cleared; without a name, the last.
    Clear(Option<RoomId>),
    /// Another command.
    Other,
}

impl Wish {
    /// The wish of a text; `None` if it is no command.
    pub fn of_text(text: &str) -> Option<Self> {
        let command = text.strip_prefix('/')?.split([' ', '@', '\n']).next().unwrap_or_default();
        Some(match command {
            "start" => Self::Start,
            "search" => Self::Search,
            "next" => Self::Next(None),
            "stop" => Self::Stop(None),
            "delete" => Self::Delete,
            "clear" => Self::Clear(None),
            _ => Self::Other,
        })
    }

    /// The wish of a pressed button.
    pub fn of_press(data: &str) -> Self {
        match Sign::read(data) {
            Some(Sign::Next(room)) => Self::Next(Some(room)),
            Some(Sign::Stop(room)) => Self::Stop(Some(room)),
            Some(Sign::Search(_)) => Self::Search,
            Some(Sign::Cancel(_)) => Self::Cancel,
            Some(Sign::Send(room, message)) => Self::Send(room, message),
            Some(Sign::Clear(room)) => Self::Clear(Some(room)),
            None => Self::Other,
        }
    }

    /// Whether it asks for a partner.
    pub fn seeks(self) -> bool {
        matches!(self, Self::Search | Self::Next(_))
    }
}
