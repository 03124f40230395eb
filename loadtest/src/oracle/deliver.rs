//! What arrives in chats: copies of messages, and changes of copies.

use super::chat::{ChatIndex, Received, Standing};
use super::log::{Copied, Fate, Found, Says};
use super::sign::RoomId;
use super::{Fault, Oracle};
use crate::telegram::{MessageId, UserId};

/// Whether a copy may stand where it was put.
enum Right {
    /// Yes, in this room.
    In(RoomId),
    /// The room is over in that chat.
    Over(RoomId),
    /// It belongs elsewhere.
    No(&'static str),
}

impl Oracle {
    /// A copy was put into a chat.
    pub(super) fn copied(
        &mut self,
        chat: ChatIndex,
        id: MessageId,
        original: (UserId, MessageId),
        reply_to: Option<MessageId>,
    ) {
        let (from, original) = original;
        let Some(writer) = self.chat_index.get(&(self.chats[chat].bot, from)).copied() else {
            self.note(Fault::Misdelivered, chat, id, || {
                "copied from a chat in which nothing was written".to_owned()
            });
            return;
        };
        let index = match self.chats[writer].log.find(original) {
            Found::At(index) => index,
            Found::Forgotten => return self.copied_again_late(chat, id, writer),
            Found::Unknown => {
                self.note(Fault::Misdelivered, chat, id, || {
                    "copied what no user wrote to a partner".to_owned()
                });
                return;
            }
        };
        self.delivered(chat, id, writer, index, reply_to);
    }

    /// A bot wrote a message without buttons. Answers whether it was what somebody had written to another bot: it names
    /// no original, so it is known by what it says. Whose it is, is asked in the room first, and then everywhere.
    pub(super) fn carried(
        &mut self,
        chat: ChatIndex,
        id: MessageId,
        says: Says,
        reply_to: Option<MessageId>,
    ) -> bool {
        let bot = self.chats[chat].bot;
        let of_room = |room: RoomId| {
            let sides = self.rooms.get(&room).map_or(&[][..], |room| &room.sides);
            sides.iter().map(|side| side.chat).find(|other| *other != chat)
        };
        let rooms = self.chats[chat].newest_rooms();
        let partner = rooms.filter_map(of_room).find(|other| self.chats[*other].log.saying(says).is_some());
        let writer =
            partner.or_else(|| self.written.chat(says)).filter(|writer| self.chats[*writer].bot != bot);
        match writer.and_then(|writer| Some((writer, self.chats[writer].log.saying(says)?))) {
            Some((writer, index)) => self.delivered(chat, id, writer, index, reply_to),
            None if says.text => return false,
            None => self
                .note(Fault::Misdelivered, chat, id, || "sent what no user wrote to another bot".to_owned()),
        }
        true
    }

    /// A message of a writer came into a chat, one way or another.
    fn delivered(
        &mut self,
        chat: ChatIndex,
        id: MessageId,
        writer: ChatIndex,
        index: usize,
        reply_to: Option<MessageId>,
    ) {
        let (original, from) = (self.chats[writer].log.at(index).id, self.chats[writer].user);
        match self.right(chat, writer, index) {
            Right::In(room) => self.arrived(chat, id, writer, index, room, reply_to),
            Right::Over(room) => {
                self.note(Fault::DeliveredAfterLeave, chat, id, || {
                    format!("message {original} of room {room}")
                });
            }
            Right::No(why) if self.chats[chat].person == self.chats[writer].person => {
                self.note(Fault::SelfMatched, chat, id, || format!("a user's own message came back; {why}"));
            }
            Right::No(why) => {
                self.note(Fault::Misdelivered, chat, id, || format!("message {original} of {from}: {why}"));
            }
        }
    }

    /// Whether a message of `writer` may be in `chat`.
    fn right(&mut self, chat: ChatIndex, writer: ChatIndex, index: usize) -> Right {
        if chat == writer {
            return Right::No("it is in the chat it was written in");
        }
        let message = self.chats[writer].log.at(index);
        let (room, leaving, queued) = (message.room, message.leaving, message.queued);
        let stands = |room| match self.chats[chat].standing(room) {
            Standing::Open => Right::In(room),
            Standing::Over => Right::Over(room),
            Standing::Never => Right::No("that chat was never in the room it was written in"),
        };
        if room != 0 {
            return stands(room);
        }
        if leaving != 0 && self.chats[chat].standing(leaving) == Standing::Open {
            return Right::In(leaving);
        }
        // Written blindly: it may speak in the room that had begun, unseen by its writer, and in no later one.
        if let Some(next) = self.chats[writer].first_after(queued) {
            return stands(next);
        }
        let Some(here) = self.chats[chat].room else {
            return Right::No("it was written in no room, and none is open there");
        };
        match self.chats[writer].promised {
            Some(promised) if promised != here => Right::No("it was written before another room"),
            _ => {
                self.chats[writer].promised = Some(here);
                Right::In(here)
            }
        }
    }

    fn arrived(
        &mut self,
        chat: ChatIndex,
        id: MessageId,
        writer: ChatIndex,
        index: usize,
        room: RoomId,
        reply_to: Option<MessageId>,
    ) {
        let message = self.chats[writer].log.at(index);
        let (original, fate, queued, in_room) = (message.id, message.fate, message.queued, message.room != 0);
        let first = message.copied == Copied::Not;
        let anyway = std::mem::take(&mut self.chats[writer].log.at_mut(index).anyway);
        self.chats[chat].receive(Received { id, writer, original });
        self.chats[writer].log.at_mut(index).copied = if first { Copied::As(id) } else { Copied::Often };
        if first && anyway {
            // Its place is where its writer asked for it, which may be behind later ones.
            self.tally.outside_relayed += u64::from(!in_room);
        } else if !first || fate == Fate::Refused {
            let how =
                if first { "relayed though its writer was told that it was not" } else { "delivered twice" };
            self.note(Fault::Duplicated, chat, id, || format!("message {original}: {how}"));
        } else {
            let side = self.rooms.get_mut(&room).and_then(|known| known.side_mut(writer));
            let newest = side.map_or(0, |side| {
                let before = side.delivered_to;
                side.delivered_to = before.max(original);
                before
            });
            if newest > original {
                self.note(Fault::Reordered, chat, id, || format!("message {original} after {newest}"));
            }
            self.tally.relay.note(queued.until(self.now));
            self.tally.outside_relayed += u64::from(!in_room);
        }
        self.set_fate(writer, index, Fate::Relayed);
        self.reply_landed(chat, id, writer, index, reply_to);
    }

    /// A reply that lands on a message must land on the one it answers. Landing nowhere is allowed: what it answers may
    /// be too old.
    fn reply_landed(
        &mut self,
        chat: ChatIndex,
        id: MessageId,
        writer: ChatIndex,
        index: usize,
        reply_to: Option<MessageId>,
    ) {
        let Some(answered) = self.chats[writer].log.at(index).reply_to else {
            if reply_to.is_some() {
                self.note(Fault::Misdelivered, chat, id, || "became a reply, and was none".to_owned());
            }
            return;
        };
        self.tally.replies += 1;
        let Some(landed) = reply_to else { return };
        let right = match self.chats[writer].log.get(answered) {
            Some(own) => match own.copied {
                Copied::As(copy) => copy == landed,
                Copied::Often => true,
                Copied::Not => false,
            },
            None => match self.chats[writer].received(answered) {
                Some(received) => received.writer == chat && received.original == landed,
                // Neither side's message is remembered (or it is the bot's): nothing to hold it against.
                None => true,
            },
        };
        if right {
            self.tally.replies_landed += 1;
        } else {
            self.note(Fault::Misdelivered, chat, id, || "a reply to the wrong message".to_owned());
        }
    }

    /// A copy of one of an album arrived, in an album or by itself.
    pub(super) fn tally_album(&mut self, chat: ChatIndex, id: MessageId, kept: bool) {
        let Some(Received { writer, original, .. }) = self.chats[chat].received(id) else { return };
        if self.chats[writer].log.get(original).is_some_and(|message| message.album) {
            self.tally.of_albums += 1;
            self.tally.in_albums += u64::from(kept);
        }
    }

    /// A message that was decided long ago is copied.
    fn copied_again_late(&mut self, chat: ChatIndex, id: MessageId, writer: ChatIndex) {
        let room = self.chats[chat].room.filter(|room| self.chats[writer].standing(*room) != Standing::Never);
        match room.filter(|_| chat != writer) {
            Some(_) => self.note(Fault::Duplicated, chat, id, || "a message decided long ago".to_owned()),
            None => self.note(Fault::Misdelivered, chat, id, || {
                "a message decided long ago, of another room".to_owned()
            }),
        }
    }

    /// The bot changed a message in a chat.
    pub(super) fn copy_edited(&mut self, chat: ChatIndex, id: MessageId, text: Option<&str>) {
        // The bot's own messages may change as it likes.
        let Some(Received { writer, original, .. }) = self.chats[chat].received(id) else { return };
        if !self.chats[writer].log.was_edited_to(original, text) {
            self.note(Fault::Misdelivered, chat, id, || {
                "changed to a text its writer did not give it".to_owned()
            });
            return;
        }
        let Some(room) = self.chats[writer].log.get(original).map(|message| message.room) else { return };
        if room != 0 && self.chats[chat].standing(room) == Standing::Over {
            self.note(Fault::DeliveredAfterLeave, chat, id, || {
                format!("an edit of message {original} of room {room}")
            });
            return;
        }
        self.tally.edits_relayed += 1;
    }
}
