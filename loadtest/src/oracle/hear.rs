//! What users do.

use super::Oracle;
use super::chat::ChatIndex;
use super::log::{Copied, Fate, Found, Says, Written};
use super::sign::{RoomId, Ticket, Wish};
use crate::telegram::{MessageId, Queued, UpdateId};

impl Oracle {
    /// A user did something.
    pub(super) fn hear(&mut self, chat: ChatIndex, update: UpdateId, queued: &Queued) {
        match queued {
            Queued::Message { message_id, kind, text, reply_to, matter, album } => {
                if let Some(wish) = text.as_deref().and_then(Wish::of_text) {
                    if wish == Wish::Delete {
                        self.takes_back(chat, *message_id, *reply_to);
                    }
                    self.wished(chat, update, wish);
                } else {
                    let says = Says::of(*kind, text.as_deref(), matter);
                    self.wrote(chat, update, *message_id, *reply_to, says, album.is_some());
                }
            }
            Queued::Edit { message_id, text } => {
                let log = &mut self.chats[chat].log;
                log.edit(*message_id, text.as_deref());
                if log.get(*message_id).is_some_and(|message| message.fate == Fate::Relayed) {
                    self.tally.edits += 1;
                }
            }
            Queued::Press { data, .. } => self.wished(chat, update, Wish::of_press(data)),
            Queued::Block => self.blocked(chat),
            Queued::Reaction { message_id, emoji } => self.reacts(chat, *message_id, emoji.as_deref()),
            Queued::Checkout { .. } | Queued::Paid { .. } | Queued::Refunded { .. } | Queued::Unblock => {}
        }
    }

    fn wrote(
        &mut self,
        chat: ChatIndex,
        update: UpdateId,
        id: MessageId,
        reply_to: Option<MessageId>,
        says: Says,
        album: bool,
    ) {
        self.written.write(says, chat);
        let open = self.chats[chat].room.unwrap_or(0);
        let (room, leaving) = if self.chats[chat].leaving { (0, open) } else { (open, 0) };
        if room == 0 {
            self.tally.outside += 1;
        } else {
            self.tally.sent += 1;
            self.tally.pending += 1;
        }
        let message = Written {
            id,
            room,
            leaving,
            queued: self.now,
            acked: None,
            reply_to,
            says,
            album,
            copied: Copied::Not,
            edited: false,
            anyway: false,
            taken: false,
            // Nothing need become of what was spoken to nobody.
            fate: if room == 0 { Fate::Dropped } else { Fate::Open },
        };
        if let Some(oldest) = self.chats[chat].log.write(update, message) {
            self.decide(chat, oldest, true);
        }
    }

    fn wished(&mut self, chat: ChatIndex, update: UpdateId, wish: Wish) {
        let person = self.chats[chat].person;
        match wish {
            Wish::Next(named) => self.leaving(chat, named),
            Wish::Stop(named) => {
                self.leaving(chat, named);
                if named.is_none() {
                    self.stop_waiting(person);
                }
            }
            Wish::Cancel => {
                self.people[person].leave(self.now);
                self.stop_waiting(person);
            }
            Wish::Send(room, message) => self.sends_anyway(chat, room, message),
            Wish::Clear(room) => self.chats[chat].taken.clear(room),
            Wish::Start | Wish::Search | Wish::Delete | Wish::Other => {}
        }
        if wish.seeks() {
            let ticket = Ticket { bot: self.chats[chat].bot, update };
            self.people[person].ask(ticket, chat, self.now);
        }
    }

    /// A message that was not relayed may come now.
    fn sends_anyway(&mut self, chat: ChatIndex, room: RoomId, message: MessageId) {
        let log = &mut self.chats[chat].log;
        if let Found::At(index) = log.find(message) {
            let message = log.at_mut(index);
            message.anyway |= message.room == room && message.fate == Fate::Refused;
        }
    }

    /// A user asks to leave: the named room, or whichever is open in one of their chats, or one they cannot see yet.
    fn leaving(&mut self, chat: ChatIndex, named: Option<RoomId>) {
        let person = self.chats[chat].person;
        self.people[person].leave(self.now);
        for chat in self.people[person].chats.clone() {
            let Some(open) = self.chats[chat].room.filter(|open| named.is_none_or(|named| named == *open))
            else {
                continue;
            };
            self.chats[chat].leaving = true;
            if let Some(room) = self.rooms.get_mut(&open) {
                room.leave(self.now);
            }
        }
    }

    fn blocked(&mut self, chat: ChatIndex) {
        let person = self.chats[chat].person;
        self.people[person].leave(self.now);
        self.stop_waiting(person);
        let Some(open) = self.chats[chat].room else { return };
        self.chats[chat].blocked = true;
        if let Some(room) = self.rooms.get_mut(&open) {
            room.leave(self.now);
        }
    }

    /// The bot took an update.
    pub(super) fn acknowledged(&mut self, chat: ChatIndex, update: UpdateId) {
        let (bot, person) = (self.chats[chat].bot, self.chats[chat].person);
        if let Some(unanswered) = &mut self.people[person].unanswered
            && unanswered.ticket == (Ticket { bot, update })
        {
            unanswered.acked = true;
        }
        let now = self.now;
        let log = &mut self.chats[chat].log;
        if let Some(message) = log.unqueue(update)
            && let Found::At(index) = log.find(message)
        {
            log.at_mut(index).acked = Some(now);
        }
    }

    /// Telegram lost an update before the bot took it.
    pub(super) fn vanished(&mut self, chat: ChatIndex, update: UpdateId) {
        self.tally.lost_by_telegram += 1;
        let log = &mut self.chats[chat].log;
        let Some(message) = log.unqueue(update) else { return };
        let Found::At(index) = log.find(message) else { return };
        let message = log.at_mut(index);
        if message.room != 0 && message.fate == Fate::Open {
            message.fate = Fate::Void;
            self.tally.sent -= 1;
            self.tally.pending -= 1;
        }
    }

    /// A press was answered with words instead of an effect: its button was old.
    pub(super) fn press_did_nothing(&mut self, chat: ChatIndex, update: UpdateId) {
        let ticket = Ticket { bot: self.chats[chat].bot, update };
        let person = &mut self.people[self.chats[chat].person];
        if person.unanswered.is_some_and(|unanswered| unanswered.ticket == ticket) {
            person.unanswered = None;
        }
    }
}
