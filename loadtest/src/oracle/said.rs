//! What the bot says: rooms that open and end, searches, and what became of a message.

use super::chat::{ChatIndex, Standing};
use super::log::{Fate, Found, Micros};
use super::person::Search;
use super::room::Side;
use super::sign::{RoomId, Signs, Ticket};
use super::{Fault, Oracle, Overlap};
use crate::telegram::MessageId;

impl Oracle {
    /// The bot wrote a message of its own.
    pub(super) fn said(&mut self, chat: ChatIndex, id: MessageId, signs: Signs, reply_to: Option<MessageId>) {
        self.people[self.chats[chat].person].unanswered = None;
        if let Some(about) = reply_to {
            self.explained(chat, about);
        }
        if let Some(room) = signs.over {
            self.room_over(chat, id, room);
        }
        if let Some(ticket) = signs.searching {
            self.search_shown(chat, id, ticket);
        }
        if let Some(room) = signs.open {
            self.room_shown(chat, id, room);
        }
    }

    /// A writer is told that a message of theirs was not relayed.
    fn explained(&mut self, chat: ChatIndex, about: MessageId) {
        let Found::At(index) = self.chats[chat].log.find(about) else { return };
        let (room, edited, fate) = {
            let message = self.chats[chat].log.at(index);
            (message.room, message.edited || message.taken, message.fate)
        };
        match fate {
            Fate::Open | Fate::Dropped | Fate::Lost => {
                self.set_fate(chat, index, Fate::Refused);
                if room == 0 {
                    self.tally.outside_answered += 1;
                }
            }
            // An edit may be refused though its message was relayed, and what was taken back may be explained.
            Fate::Relayed | Fate::Refused if edited => {}
            Fate::Relayed => {
                self.note(Fault::Duplicated, chat, about, || {
                    "relayed, and its writer told that it was not".to_owned()
                });
            }
            Fate::Refused => {
                self.note(Fault::Duplicated, chat, about, || {
                    "its writer was told twice that it was not relayed".to_owned()
                });
            }
            Fate::Void => {}
        }
    }

    /// A chat shows that a search runs.
    fn search_shown(&mut self, chat: ChatIndex, id: MessageId, ticket: Ticket) {
        let person = self.chats[chat].person;
        if self.people[person].search.is_some_and(|search| search.ticket == ticket) {
            return;
        }
        if self.people[person].has_spent(ticket) {
            // Chats of two bots are not ordered among each other.
            if self.chats[chat].bot == ticket.bot {
                self.note(Fault::Duplicated, chat, id, || {
                    format!("search {} shown after it found a partner", ticket.update)
                });
            }
            return;
        }
        if let Some(open) = self.chats[chat].room.filter(|_| self.chats[chat].bot == ticket.bot) {
            if !self.chats[chat].leaving && !self.chats[chat].blocked {
                self.note(Fault::DoubleMatched, chat, id, || {
                    format!("a search runs while room {open} is open")
                });
            }
            self.end_shown(chat, open);
        }
        self.stop_waiting(person);
        let asked = self.people[person].asked_at(ticket).unwrap_or(self.now);
        let called_off = self.people[person].left_after(asked, Micros::default()).is_some();
        let waits_since = (!called_off).then_some(self.now);
        self.people[person].search = Some(Search { ticket, asked, waits_since });
        if let Some(since) = waits_since {
            self.waiting.entry(ticket.bot).or_default().insert((since, person));
        }
    }

    /// A chat shows an open room.
    fn room_shown(&mut self, chat: ChatIndex, id: MessageId, room: RoomId) {
        match self.chats[chat].standing(room) {
            Standing::Never if self.bereft && self.elsewhere(chat, room) => self.room_returned(chat, room),
            Standing::Never => self.room_opened(chat, id, room),
            Standing::Over | Standing::Open if self.bereft => self.room_returned(chat, room),
            Standing::Over => {
                self.note(Fault::DeliveredAfterLeave, chat, id, || {
                    format!("room {room} shown after its end")
                });
            }
            Standing::Open => {
                let alone = self.rooms.get_mut(&room).filter(|known| known.sides.len() < 2);
                match alone {
                    // Who the other side is will tell whether it is a repetition or a room with oneself.
                    Some(known) => known.shown_again += 1,
                    None => self.note(Fault::Duplicated, chat, id, || format!("room {room} shown twice")),
                }
            }
        }
    }

    /// Whether a room was shown to the same person by another bot.
    fn elsewhere(&self, chat: ChatIndex, room: RoomId) -> bool {
        let person = self.chats[chat].person;
        let sides = self.rooms.get(&room).map_or(&[][..], |known| &known.sides);
        sides.iter().any(|side| side.chat != chat && self.chats[side.chat].person == person)
    }

    /// A chat is in a room again, and in the one it was shown since no more. The durable record may know of an earlier bot
    /// alone by which somebody came: then it goes on there.
    fn room_returned(&mut self, chat: ChatIndex, room: RoomId) {
        let person = self.chats[chat].person;
        for other in self.people[person].chats.clone().into_iter().filter(|other| *other != chat) {
            if self.chats[other].room == Some(room) {
                self.end_shown(other, room);
            }
            if let Some(side) = self.rooms.get_mut(&room).and_then(|known| known.side_mut(other)) {
                side.chat = chat;
            }
        }
        if let Some(other) = self.chats[chat].room.filter(|other| *other != room) {
            self.end_shown(chat, other);
        }
        self.stop_waiting(self.chats[chat].person);
        let known = self.rooms.entry(room).or_default();
        (known.ended, known.leave_asked) = (None, None);
        match known.side_mut(chat) {
            Some(side) => side.over = false,
            None => known.sides.push(Side { chat, over: false, delivered_to: 0 }),
        }
        self.tally.seated += usize::from(self.chats[chat].room != Some(room));
        self.chats[chat].open(room, self.now);
    }

    fn room_opened(&mut self, chat: ChatIndex, id: MessageId, room: RoomId) {
        let person = self.chats[chat].person;
        if let Some(other) = self.chats[chat].room {
            if !self.chats[chat].blocked {
                self.note(Fault::DoubleMatched, chat, id, || {
                    format!("room {room} while room {other} is open")
                });
            }
            self.end_shown(chat, other);
        }
        if let Some(promised) = self.chats[chat].promised.filter(|promised| *promised != room) {
            let what =
                move || format!("something written before it was delivered in room {promised}, not {room}");
            self.note(Fault::Misdelivered, chat, id, what);
        }
        let left = self.ticket_used(chat, id, room);
        self.take_seat(chat, id, room);
        if let Some(left) = left
            && let Some(known) = self.rooms.get_mut(&room)
        {
            known.leave(left);
        }
        for other in self.people[person].chats.clone() {
            if let Some(elsewhere) = self.chats[other].room
                && other != chat
                && elsewhere != room
            {
                let due = Micros::from(self.now.time() + self.patience.across_bots);
                self.overlaps.push_back(Overlap { due, chats: [(chat, room), (other, elsewhere)] });
            }
        }
        self.chats[chat].open(room, self.now);
        self.tally.seated += 1;
    }

    /// A room needs a ticket of its own. Answers when the user asked to leave it, if they did before they saw it.
    fn ticket_used(&mut self, chat: ChatIndex, id: MessageId, room: RoomId) -> Option<Micros> {
        let person = self.chats[chat].person;
        self.stop_waiting(person);
        let Some(search) = self.people[person].spend() else {
            self.note(Fault::DoubleMatched, chat, id, || {
                format!("room {room} by no ticket, or by one that was used before")
            });
            return None;
        };
        self.tally.matching.note(search.asked.until(self.now));
        let since = Micros::from(self.now.time().saturating_sub(self.patience.leave));
        self.people[person].left_after(search.asked, since)
    }

    fn take_seat(&mut self, chat: ChatIndex, id: MessageId, room: RoomId) {
        let person = self.chats[chat].person;
        let known = self.rooms.entry(room).or_default();
        let with_self = known.sides.iter().any(|side| self.chats[side.chat].person == person);
        let full = known.sides.len() >= 2;
        let again =
            if known.sides.len() == 1 && !with_self { std::mem::take(&mut known.shown_again) } else { 0 };
        let first = known.sides.first().map(|side| side.chat);
        if !full {
            known.sides.push(Side { chat, over: false, delivered_to: 0 });
            self.tally.rooms += u64::from(known.sides.len() == 2);
        }
        if with_self {
            self.note(Fault::SelfMatched, chat, id, || format!("both sides of room {room} are one user"));
        } else if full {
            self.note(Fault::DoubleMatched, chat, id, || format!("a third user in room {room}"));
        }
        for _ in 0..again {
            let first = first.unwrap_or(chat);
            self.note(Fault::Duplicated, first, 0, || format!("room {room} shown twice"));
        }
    }

    /// A chat shows that a room ended.
    fn room_over(&mut self, chat: ChatIndex, id: MessageId, room: RoomId) {
        match self.chats[chat].standing(room) {
            Standing::Open => self.end_shown(chat, room),
            Standing::Over if self.bereft => {}
            Standing::Over => {
                self.note(Fault::Duplicated, chat, id, || format!("end of room {room} shown twice"));
            }
            Standing::Never => {
                // Who leaves through another bot is told in both chats.
                let chats = &self.people[self.chats[chat].person].chats;
                if chats.iter().all(|other| self.chats[*other].standing(room) == Standing::Never) {
                    self.note(Fault::Misdelivered, chat, id, || {
                        format!("end of room {room}, never shown here")
                    });
                }
            }
        }
    }

    fn end_shown(&mut self, chat: ChatIndex, room: RoomId) {
        if self.chats[chat].room == Some(room) {
            self.tally.seated = self.tally.seated.saturating_sub(1);
        }
        self.chats[chat].close(room);
        let Some(known) = self.rooms.get_mut(&room) else { return };
        if let Some(side) = known.side_mut(chat) {
            side.over = true;
        }
        if known.ended.is_none() {
            known.ended = Some(self.now);
            let due = Micros::from(self.now.time() + self.patience.room);
            self.ending.push_back((due, room));
        }
    }

    /// The user of this number waits no longer, as they see it.
    pub(super) fn stop_waiting(&mut self, person: usize) {
        let Some(search) = &mut self.people[person].search else { return };
        if let Some(since) = search.waits_since.take()
            && let Some(waiting) = self.waiting.get_mut(&search.ticket.bot)
        {
            waiting.remove(&(since, person));
        }
    }
}
