//! Messages that are taken back: nothing goes that nobody asked to go, neither in one's own chat nor in the other's.

use std::collections::VecDeque;

use super::chat::{ChatIndex, Received};
use super::log::{Copied, Fate, Found};
use super::sign::RoomId;
use super::{Fault, Oracle};
use crate::telegram::MessageId;

/// So many are kept per chat, of messages and of rooms.
const KEPT: usize = 32;

/// What a user asked to take away from a chat lately.
#[derive(Debug, Default)]
pub(super) struct Taken {
    messages: VecDeque<MessageId>,
    rooms: VecDeque<RoomId>,
    /// The last room, whichever that is.
    last: bool,
}

impl Taken {
    fn message(&mut self, id: MessageId) {
        if self.messages.len() == KEPT {
            self.messages.pop_front();
        }
        self.messages.push_back(id);
    }

    /// A whole room, or the last.
    pub(super) fn clear(&mut self, room: Option<RoomId>) {
        let Some(room) = room else {
            self.last = true;
            return;
        };
        if self.rooms.len() == KEPT {
            self.rooms.pop_front();
        }
        self.rooms.push_back(room);
    }

    /// Whether this message of that room (0 if it is not known) was asked to go; `true` if too much was to know.
    fn has(&self, id: MessageId, room: RoomId) -> bool {
        let full = self.messages.len() == KEPT || self.rooms.len() == KEPT;
        let cleared = self.last || self.rooms.contains(&room) || room == 0 && !self.rooms.is_empty();
        full || cleared || self.messages.contains(&id)
    }
}

impl Oracle {
    /// A user wrote `/delete` in reply to a message, perhaps.
    pub(super) fn takes_back(&mut self, chat: ChatIndex, command: MessageId, reply_to: Option<MessageId>) {
        let Some(id) = reply_to else { return };
        let talk = self.chats[chat].room.filter(|_| !self.chats[chat].leaving);
        let written = self.chats[chat].log.get(id);
        let there = written.is_some_and(|own| talk == Some(own.room) && matches!(own.copied, Copied::As(_)));
        self.tally.deletions += u64::from(there);
        let taken = &mut self.chats[chat].taken;
        taken.message(id);
        taken.message(command);
        let log = &mut self.chats[chat].log;
        if let Found::At(index) = log.find(id)
            && log.at(index).fate == Fate::Open
        {
            (log.at_mut(index).taken, log.at_mut(index).anyway) = (true, true);
            self.set_fate(chat, index, Fate::Refused);
        }
    }

    /// The bot removed a message.
    pub(super) fn deleted(&mut self, chat: ChatIndex, id: MessageId) {
        let here = &self.chats[chat];
        let received = here.received(id);
        let (room, copy_of) = match received {
            Some(Received { writer, original, .. }) => {
                let room = self.chats[writer].log.get(original).map_or(0, |message| message.room);
                (room, Some((writer, original)))
            }
            None => (here.log.get(id).map_or(0, |message| message.room), None),
        };
        let by_reader = here.taken.has(id, room);
        let by_writer =
            copy_of.is_some_and(|(writer, original)| self.chats[writer].taken.has(original, room));
        let forgotten = received.is_none() && (here.forgot(id) || here.log.find(id) == Found::Forgotten);
        self.tally.deletions_relayed += u64::from(by_writer);
        if !by_reader && !by_writer && !forgotten {
            self.note(Fault::Misdelivered, chat, id, || "taken away, and nobody asked for that".to_owned());
        }
    }
}
