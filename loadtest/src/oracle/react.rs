//! Reactions: what the bot puts on a message must be what the other side put on its counterpart.

use std::collections::VecDeque;

use super::chat::{ChatIndex, Received, Standing};
use super::log::{Copied, Found};
use super::sign::RoomId;
use super::{Fault, Oracle};
use crate::telegram::MessageId;

/// Reactions kept per chat.
const KEPT: usize = 16;

/// What a user put on messages of a chat lately.
#[derive(Debug, Default)]
pub(super) struct Reactions(VecDeque<(MessageId, Option<Box<str>>)>);

impl Reactions {
    fn put(&mut self, message: MessageId, emoji: Option<&str>) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back((message, emoji.map(Into::into)));
    }

    /// Whether the user put this on this message lately; `true` if too many came since to know.
    fn had(&self, message: MessageId, emoji: Option<&str>) -> bool {
        self.0.iter().any(|(id, put)| *id == message && put.as_deref() == emoji) || self.0.len() == KEPT
    }
}

/// The other side of a message.
enum Counterpart {
    /// It has none.
    None,
    /// Too much came since to know.
    Forgotten,
    /// It stands in another chat.
    In {
        chat: ChatIndex,
        /// Its id there, if there is one and not more.
        message: Option<MessageId>,
        /// The room it was written in; 0 for none.
        room: RoomId,
    },
}

impl Oracle {
    /// A user put a reaction on a message, or took it away.
    pub(super) fn reacts(&mut self, chat: ChatIndex, id: MessageId, emoji: Option<&str>) {
        let open = self.chats[chat].room.filter(|_| !self.chats[chat].leaving);
        if matches!(self.counterpart(chat, id), Counterpart::In { room, message: Some(_), .. } if open == Some(room))
        {
            self.tally.reactions += 1;
        }
        self.chats[chat].reactions.put(id, emoji);
    }

    /// The bot put a reaction on a message, or took it away.
    pub(super) fn reacted(&mut self, chat: ChatIndex, id: MessageId, emoji: Option<&str>) {
        match self.counterpart(chat, id) {
            Counterpart::None => self.note(Fault::Misdelivered, chat, id, || {
                "a reaction on what is neither a copy nor was ever copied".to_owned()
            }),
            Counterpart::In { chat: other, message: Some(message), .. }
                if !self.chats[other].reactions.had(message, emoji) =>
            {
                self.note(Fault::Misdelivered, chat, id, || "a reaction that nobody put".to_owned());
            }
            Counterpart::In { room, .. }
                if room != 0 && self.chats[chat].standing(room) == Standing::Over =>
            {
                self.note(Fault::DeliveredAfterLeave, chat, id, || format!("a reaction in room {room}"));
            }
            Counterpart::In { .. } | Counterpart::Forgotten => self.tally.reactions_relayed += 1,
        }
    }

    fn counterpart(&self, chat: ChatIndex, id: MessageId) -> Counterpart {
        let here = &self.chats[chat];
        if let Some(Received { writer, original, .. }) = here.received(id) {
            let room = self.chats[writer].log.get(original).map_or(0, |message| message.room);
            return Counterpart::In { chat: writer, message: Some(original), room };
        }
        let written = match here.log.find(id) {
            Found::At(index) => here.log.at(index),
            Found::Unknown if !here.forgot(id) => return Counterpart::None,
            Found::Forgotten | Found::Unknown => return Counterpart::Forgotten,
        };
        let message = match written.copied {
            Copied::Not => return Counterpart::None,
            Copied::As(copy) => Some(copy),
            Copied::Often => None,
        };
        let sides = self.rooms.get(&written.room).map_or(&[][..], |room| &room.sides);
        match sides.iter().map(|side| side.chat).find(|other| *other != chat) {
            Some(other) => Counterpart::In { chat: other, message, room: written.room },
            // Written before its room was shown, or in one that ended long ago.
            None if self.chats[chat].standing(written.room) != Standing::Over => Counterpart::Forgotten,
            None => Counterpart::In { chat, message: None, room: written.room },
        }
    }
}
