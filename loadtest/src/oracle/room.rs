//! A room, put together from what the two chats show.

use super::chat::ChatIndex;
use super::log::Micros;
use crate::telegram::MessageId;

/// One side of a room.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub(super) chat: ChatIndex,
    /// Its end was shown in that chat (or never will be, because the user blocked the bot).
    pub(super) over: bool,
    /// The newest message of this side that was delivered.
    pub(super) delivered_to: MessageId,
}

/// A room.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// One side, or two once both chats showed it.
    pub(super) sides: Vec<Side>,
    /// When its end was first shown in a chat.
    pub(super) ended: Option<Micros>,
    /// When somebody first asked to leave it, or blocked the bot.
    pub(super) leave_asked: Option<Micros>,
    /// How often it was shown again in a chat that nobody else had been shown it in: the same notice twice, or a
    /// user paired with themselves. The second chat tells.
    pub(super) shown_again: u32,
}

impl Room {
    /// The side of a chat.
    pub(super) fn side(&self, chat: ChatIndex) -> Option<&Side> {
        self.sides.iter().find(|side| side.chat == chat)
    }

    /// The side of a chat, to change it.
    pub(super) fn side_mut(&mut self, chat: ChatIndex) -> Option<&mut Side> {
        self.sides.iter_mut().find(|side| side.chat == chat)
    }

    /// Notes that somebody asked to leave; the first time counts.
    pub(super) fn leave(&mut self, at: Micros) {
        let first = self.leave_asked.map_or(at, |earlier| earlier.min(at));
        self.leave_asked = Some(first);
    }

    /// Why what was not delivered need not be: somebody left. `None` if the room ended by itself or goes on.
    /// A room that only one chat ever showed ended because the other one left before it opened there.
    pub(super) fn excuse(&self) -> Option<Micros> {
        let ended = self.ended?;
        if self.sides.len() < 2 { Some(self.leave_asked.unwrap_or(ended)) } else { self.leave_asked }
    }
}
