//! Telegram: it takes what people do and pushes it to us, and treats the requests that are in the air.

use std::time::Duration;

use hamdam_domain::clock::Clock;
use hamdam_domain::outbox::{Content, EntryId, Notice};
use hamdam_fleet::sender::Chat;
use hamdam_telegram::{CallError, Executed, Sent, Update};

use super::Traffic;
use crate::explore::chance::{LIMITS, Landing, at_once};
use crate::explore::judge::Verdict;
use crate::explore::scenario::{Act, Deed, Kind, When};
use crate::explore::stage::{BOT, body, user_id};

impl Traffic {
    /// A deed, from the finger to Telegram.
    pub(super) fn does(&mut self, user: usize, deed: Deed) {
        let act = Act { kind: Kind::Typed, deed, when: When::Any };
        let mut update = body(user, self.updates[user], act, None);
        self.updates[user] += 1;
        self.messages += 1;
        update["message"]["message_id"] = self.messages.into();
        let update = Update::from_json(update.to_string().as_bytes()).unwrap();
        if let Some(room) = self.shown.get(&Chat { user: user_id(user), bot: BOT }) {
            self.written.insert((user_id(user), update.update_id), *room);
        }
        self.inboxes[user].push_back(update);
    }

    /// Telegram pushes the oldest update of a user, and it is acknowledged.
    pub(super) fn push(&mut self, user: usize) {
        if let Some(update) = self.inboxes[user].pop_front() {
            at_once(self.intake.handle(BOT, &update)).unwrap();
        }
    }

    /// Telegram treats a request.
    pub(super) fn land(&mut self, number: u64, how: Landing) -> Verdict {
        let (chat, entry) = {
            let air = self.air.lock().unwrap();
            let flight = &air.flights[&number];
            (flight.chat, flight.entry)
        };
        let retry = || CallError::Retry {
            method: "call",
            executed: Executed::Perhaps,
            reason: String::new(),
            source: None,
        };
        let answer = match how {
            Landing::Done => {
                self.deliver(chat, entry)?;
                Ok(Sent { message_id: Some(self.messages), others: Vec::new() })
            }
            Landing::DoneUnheard => {
                self.deliver(chat, entry)?;
                Err(retry())
            }
            Landing::Broken => Err(retry()),
            Landing::Limited => Err(CallError::Pause { method: "call", seconds: 1 }),
            Landing::Blocked => {
                self.given_up.insert(entry);
                Err(CallError::Unreachable { method: "call", reason: String::new() })
            }
        };
        let mut air = self.air.lock().unwrap();
        air.flights.get_mut(&number).expect("looked at above").answer = Some(answer);
        Ok(())
    }

    /// An entry appears in its chat.
    fn deliver(&mut self, chat: Chat, id: EntryId) -> Verdict {
        self.messages += 1;
        let (_, entry) = &self.queued[&id];
        if let Some(room) = entry.room.filter(|room| self.ended.contains(&(chat, room.0))) {
            return Err(format!("{id:?} of room {room} after its end in {chat:?}"));
        }
        if self.last.get(&chat) == Some(&id) {
            self.duplicates += 1;
            return Ok(());
        }
        if self.last.get(&chat).is_some_and(|last| *last > id) {
            return Err(format!("{id:?} after {:?} in {chat:?}", self.last[&chat]));
        }
        self.last.insert(chat, id);
        self.delivered.insert(id);
        if let Some(room) = entry.ends() {
            self.ended.insert((chat, room.0));
            self.shown.remove(&chat);
        }
        if let Content::Notice(Notice::Found { room }) = &entry.content {
            self.shown.insert(chat, *room);
        }
        Ok(())
    }

    /// Time passes. No request outlives the longest call: its writer gives it up then.
    pub(super) fn wait(&mut self, time: Duration) {
        let until = self.clock.monotonic() + time;
        loop {
            let over = {
                let mut air = self.air.lock().unwrap();
                let over = air.flights.iter_mut().find(|(_, flight)| {
                    flight.answer.is_none() && flight.written + LIMITS.longest_call <= until
                });
                over.map(|(_, flight)| {
                    let reason = String::new();
                    let (method, executed, source) = ("call", Executed::Perhaps, None);
                    flight.answer = Some(Err(CallError::Retry { method, executed, reason, source }));
                    flight.written + LIMITS.longest_call
                })
            };
            let Some(at) = over else { break };
            self.clock.set(at);
            (0..self.offices.len()).for_each(|office| self.hear(office));
        }
        self.clock.set(until);
    }

    /// Requests that Telegram has not treated yet.
    pub(super) fn in_the_air(&self) -> Vec<(u64, Chat, EntryId)> {
        let air = self.air.lock().unwrap();
        let untreated = air.flights.iter().filter(|(_, flight)| flight.answer.is_none());
        untreated.map(|(number, flight)| (*number, flight.chat, flight.entry)).collect()
    }
}
