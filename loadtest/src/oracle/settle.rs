//! Time passes, and what is open is decided.

use std::time::Duration;

use super::chat::{ChatIndex, Standing};
use super::log::{Fate, Found, Micros, Written};
use super::room::{Room, Side};
use super::sign::RoomId;
use super::{Fault, Oracle};
use crate::telegram::MessageId;

/// How often the oracle looks for what follows from time alone.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Oracle {
    /// Time passed: nothing else happened until `at`.
    pub fn tick(&mut self, at: Duration) {
        let at = Micros::from(at);
        self.now = self.now.max(at);
        if self.now < self.next_look {
            return;
        }
        self.next_look = Micros::from(self.now.time() + LOOK_EVERY);
        self.look_at_waiting(self.patience.wait);
        while let Some(overlap) = self.overlaps.pop_front_if(|overlap| overlap.due <= self.now) {
            if overlap.chats.iter().all(|(chat, room)| self.chats[*chat].room == Some(*room)) {
                let [(chat, room), (_, elsewhere)] = overlap.chats;
                let what = move || format!("room {room} here and room {elsewhere} on another bot");
                self.note(Fault::DoubleMatched, chat, 0, what);
            }
        }
        while let Some((_, room)) = self.ending.pop_front_if(|(due, _)| *due <= self.now) {
            self.forget_room(room);
        }
    }

    /// Whether waiting longer could change anything: messages under way, requests without an answer, rooms that are
    /// over on one side only.
    pub fn is_settled(&self) -> bool {
        let open = self.chats.iter().enumerate().any(|(chat, known)| {
            known.log.open(None).into_iter().any(|id| {
                let message = known.log.get(id).expect("an open message is in its log");
                !matches!(self.judge(chat, message, false), Some(Fate::Dropped))
            })
        });
        let unanswered = self.people.iter().any(|person| person.unanswered.is_some());
        let could_meet = self.waiting.values().any(|waiting| waiting.len() > 1);
        !open && !unanswered && !could_meet && self.rooms.values().all(|room| self.left_alone(room).is_none())
    }

    /// The run is over, and nothing more will come: decides everything that is open.
    pub fn settle(&mut self) {
        for chat in 0..self.chats.len() {
            for id in self.chats[chat].log.open(None) {
                self.decide(chat, id, true);
            }
        }
        for room in self.rooms.keys().copied().collect::<Vec<_>>() {
            self.judge_repetition(room);
            if let Some(chat) = self.rooms.get(&room).and_then(|known| self.left_alone(known)) {
                self.note(Fault::StuckWaiting, chat, 0, || {
                    format!("sits in room {room}, and the other side is gone")
                });
            }
        }
        for person in 0..self.people.len() {
            if let Some(ask) = self.people[person].unanswered.take().filter(|ask| ask.acked) {
                let asked = self.people[person].asked_at(ask.ticket).unwrap_or(self.now);
                let (update, ago) = (ask.ticket.update, asked.until(self.now));
                self.note(Fault::StuckWaiting, ask.chat, 0, || {
                    format!("asked for a partner by update {update}, {ago:.1?} ago, and got no answer")
                });
            }
        }
    }

    /// Users who were found waiting too long beside one another.
    fn look_at_waiting(&mut self, bound: Duration) {
        let mut stuck = Vec::new();
        for waiting in self.waiting.values_mut() {
            let too_long = |since: &Micros| since.until(self.now) > bound;
            // The oldest is stuck only if another one is there to meet.
            if waiting.iter().nth(1).is_some_and(|(since, _)| too_long(since)) {
                while let Some(oldest) = waiting.pop_first() {
                    if !too_long(&oldest.0) {
                        waiting.insert(oldest);
                        break;
                    }
                    stuck.push(oldest.1);
                }
            }
        }
        for person in stuck {
            let Some(search) = &mut self.people[person].search else { continue };
            search.waits_since = None;
            let (ticket, user) = (search.ticket, self.people[person].id);
            let chat = self.chat(ticket.bot, user);
            self.note(Fault::StuckWaiting, chat, 0, || {
                format!("waits by update {} beside others", ticket.update)
            });
        }
    }

    /// The chat that still shows a room which is over on the other side, or which nobody else was ever shown.
    fn left_alone(&self, room: &Room) -> Option<ChatIndex> {
        let gone = |side: &Side| side.over || self.chats[side.chat].blocked;
        let alone = room.sides.len() < 2 || room.ended.is_some() || room.sides.iter().any(gone);
        room.sides.iter().find(|side| alone && !gone(side)).map(|side| side.chat)
    }

    /// A room that ended some time ago: decides its messages and forgets it, unless one side still sees it open.
    fn forget_room(&mut self, room: RoomId) {
        let Some(known) = self.rooms.get(&room) else { return };
        let sides = known.sides.clone();
        let everywhere = sides.iter().all(|side| side.over || self.chats[side.chat].blocked);
        self.judge_repetition(room);
        for side in sides {
            for id in self.chats[side.chat].log.open(Some(room)) {
                self.decide(side.chat, id, false);
            }
        }
        if everywhere {
            self.rooms.remove(&room);
        } else {
            self.ending.push_back((Micros::from(self.now.time() + self.patience.room), room));
        }
    }

    /// A room that was shown twice in one chat and in no other is a room with oneself.
    fn judge_repetition(&mut self, room: RoomId) {
        let Some(known) = self.rooms.get_mut(&room).filter(|known| known.shown_again > 0) else { return };
        known.shown_again = 0;
        if let Some(side) = known.sides.first().copied() {
            self.note(Fault::SelfMatched, side.chat, 0, || {
                format!("room {room} was shown twice here and nowhere else")
            });
        }
    }

    /// Decides an undelivered message. `last`: nothing more will come.
    pub(super) fn decide(&mut self, chat: ChatIndex, id: MessageId, last: bool) {
        let Found::At(index) = self.chats[chat].log.find(id) else { return };
        let message = self.chats[chat].log.at(index);
        let Some(fate) = self.judge(chat, message, last) else { return };
        let what = (fate == Fate::Lost).then(|| self.how_lost(chat, message));
        self.set_fate(chat, index, fate);
        if let Some(what) = what {
            self.note(Fault::Lost, chat, id, || what);
        }
    }

    /// Why nothing excuses that a message did not arrive.
    fn how_lost(&self, chat: ChatIndex, message: &Written) -> String {
        let room = message.room;
        let passed_over = |side: &Side| side.delivered_to > message.id;
        let why = match self.rooms.get(&room).filter(|known| known.ended.is_some()) {
            None => "which is open".to_owned(),
            Some(known) if known.side(chat).is_some_and(passed_over) => {
                "where a later one arrived".to_owned()
            }
            Some(known) => match (known.excuse(), message.acked) {
                (Some(left), Some(acked)) => format!("left {:.1?} after the bot took it", acked.until(left)),
                _ => "which ended without anybody's leaving".to_owned(),
            },
        };
        format!("written in room {room}, {why}")
    }

    /// What becomes of an undelivered message; `None`: it may still come.
    fn judge(&self, chat: ChatIndex, message: &Written, last: bool) -> Option<Fate> {
        // What the bot never took is pending, not lost.
        let acked = message.acked?;
        let Some(room) = self.rooms.get(&message.room) else {
            // The room was forgotten before the bot took this message: somebody left it long before.
            let over = self.chats[chat].standing(message.room) == Standing::Over;
            return if over { Some(Fate::Dropped) } else { last.then_some(Fate::Lost) };
        };
        if room.ended.is_none() {
            return last.then_some(Fate::Lost);
        }
        // A later one arrived, so this one was passed over while the room was open.
        let passed_over = room.side(chat).is_some_and(|side| side.delivered_to > message.id);
        let excused = room.excuse().is_some_and(|left| acked.until(left) <= self.patience.leave);
        Some(if excused && !passed_over { Fate::Dropped } else { Fate::Lost })
    }

    /// Changes what became of a message, and every count that follows from it.
    pub(super) fn set_fate(&mut self, chat: ChatIndex, index: usize, fate: Fate) {
        let message = self.chats[chat].log.at_mut(index);
        let (before, id) = (std::mem::replace(&mut message.fate, fate), message.id);
        if message.room == 0 || before == fate {
            return;
        }
        if before == Fate::Lost {
            let place = self.place(chat, id);
            self.findings.withdraw(Fault::Lost, place);
        }
        if let Some(count) = self.tally.part(before) {
            *count -= 1;
        }
        if let Some(count) = self.tally.part(fate) {
            *count += 1;
        }
    }
}
