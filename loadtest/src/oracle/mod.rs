//! The oracle: it knows what each user wrote to whom when, and judges every call the fleet makes.
//!
//! Pure: events go in, in the order in which they happened, and a verdict comes out; the same events give the same
//! verdict. It looks at the world as the users see it, so whatever it finds, a user could have seen. Memory is bounded
//! per user and per open room, and an event costs a few look-ups however much happened before.
//!
//! One event is judged once, the gravest first: misdelivered, delivered after leave, duplicated, reordered.

mod chat;
mod deliver;
mod finding;
mod hear;
mod lately;
mod log;
mod person;
mod react;
mod room;
mod said;
mod settle;
mod sign;
mod taken;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

pub use finding::{Counts, Fault, Finding};
pub use sign::{RoomId, Sign, Signs, Ticket, Wish};
pub use tally::{Tally, Times};

use crate::telegram::{BotId, Event, MessageId, Origin, UserId, WebhookAnswer, What};
use chat::{Chat, ChatIndex};
use finding::{Findings, Place};
use lately::Lately;
use log::{Micros, Says};
use person::Person;
use room::Room;

/// How patient the oracle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Two users of one bot may both wait this long: a lock holder's death costs a lease, a restart of Redis some
    /// seconds, and then batches of pairs come several times a second.
    pub wait: Duration,
    /// What was acknowledged this long before somebody asked to leave must have been delivered by then, and is lost
    /// if it was not. It is the time a run gives everything to arrive at its end, so leaving excuses no more than
    /// the end does: a lease that has to run out, the longest call, a restart of Redis.
    pub leave: Duration,
    /// How long after its end a room is remembered: late copies are still judged by name, and what is missing is
    /// decided then.
    pub room: Duration,
    /// How long one user's rooms on two bots may overlap on the screen: notices to different chats are not ordered
    /// among each other.
    pub across_bots: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(20),
            leave: Duration::from_secs(30),
            room: Duration::from_secs(30),
            across_bots: Duration::from_secs(10),
        }
    }
}

/// Two rooms of one user, open in two chats at once.
#[derive(Debug)]
struct Overlap {
    due: Micros,
    chats: [(ChatIndex, RoomId); 2],
}

/// See the module.
#[derive(Debug)]
pub struct Oracle {
    patience: Patience,
    now: Micros,
    next_look: Micros,
    chats: Vec<Chat>,
    chat_index: HashMap<(BotId, UserId), ChatIndex>,
    people: Vec<Person>,
    person_index: HashMap<UserId, usize>,
    rooms: HashMap<RoomId, Room>,
    /// What was written lately, and where: what another bot says again is known by it.
    written: Lately,
    /// Rooms that ended, by when they are to be forgotten.
    ending: VecDeque<(Micros, RoomId)>,
    overlaps: VecDeque<Overlap>,
    /// Live state lost everything in this run.
    bereft: bool,
    /// Who waits on which bot, by since when.
    waiting: HashMap<BotId, BTreeSet<(Micros, usize)>>,
    findings: Findings,
    tally: Tally,
}

impl Oracle {
    /// An oracle that saw nothing yet.
    pub fn new(patience: Patience) -> Self {
        Self {
            patience,
            now: Micros::default(),
            next_look: Micros::default(),
            chats: Vec::new(),
            chat_index: HashMap::new(),
            people: Vec::new(),
            person_index: HashMap::new(),
            rooms: HashMap::new(),
            written: Lately::default(),
            ending: VecDeque::new(),
            overlaps: VecDeque::new(),
            bereft: false,
            waiting: HashMap::new(),
            findings: Findings::default(),
            tally: Tally::default(),
        }
    }

    /// Live state lost everything, and an operator brings back what the durable record knows: from now on a room that was
    /// shown before may be shown again, though its end was, and so may its end.
    pub fn rooms_may_return(&mut self) {
        self.bereft = true;
    }

    /// Judges the next event.
    pub fn see(&mut self, event: &Event) {
        self.tick(event.at);
        match &event.what {
            What::UpdateQueued { bot, user, update_id, queued } => {
                let chat = self.chat(*bot, *user);
                self.hear(chat, *update_id, queued);
            }
            What::Acknowledged { bot, user, update_id, .. } => {
                let chat = self.chat(*bot, *user);
                self.acknowledged(chat, *update_id);
            }
            What::UpdateLost { bot, user, update_id }
            | What::UpdateExpired { bot, user, update_id }
            | What::UpdateDropped { bot, user, update_id } => {
                let chat = self.chat(*bot, *user);
                self.vanished(chat, *update_id);
            }
            What::WebhookAnswered { answer, took, .. } => match answer {
                WebhookAnswer::Status(200..=299) => self.tally.webhook.note(*took),
                WebhookAnswer::Status(_) | WebhookAnswer::Failed(_) => self.tally.webhook_failures += 1,
            },
            What::MessagePlaced {
                bot,
                user,
                message_id,
                origin,
                kind,
                text,
                matter,
                buttons,
                reply_to,
                album,
                ..
            } => {
                let chat = self.chat(*bot, *user);
                match origin {
                    Origin::Sent => {
                        let says = Says::of(*kind, text.as_deref(), matter);
                        if !buttons.is_empty() || !self.carried(chat, *message_id, says, *reply_to) {
                            self.said(chat, *message_id, Signs::of(buttons), *reply_to);
                        }
                    }
                    Origin::Copy { from, message_id: original } => {
                        self.copied(chat, *message_id, (*from, *original), *reply_to);
                        self.tally_album(chat, *message_id, album.is_some());
                    }
                    Origin::Forward { .. } => {
                        self.note(Fault::Misdelivered, chat, *message_id, || {
                            "forwarded, which shows who wrote it".to_owned()
                        });
                    }
                }
            }
            What::MessageEdited { bot, user, message_id, text, .. } => {
                let chat = self.chat(*bot, *user);
                self.copy_edited(chat, *message_id, text.as_deref());
            }
            What::MessageReacted { bot, user, message_id, emoji, .. } => {
                let chat = self.chat(*bot, *user);
                self.reacted(chat, *message_id, emoji.as_deref());
            }
            What::MessageDeleted { bot, user, message_id, .. } => {
                let chat = self.chat(*bot, *user);
                self.deleted(chat, *message_id);
            }
            What::PressAnswered { bot, user, update_id, text: Some(_), .. } => {
                let chat = self.chat(*bot, *user);
                self.press_did_nothing(chat, *update_id);
            }
            What::InvalidCall { bot, method, why, .. } => {
                let place = Place { bot: bot.unwrap_or_default(), user: 0, message: 0 };
                let now = self.now.time();
                self.findings.note(Fault::InvalidCalls, now, place, || format!("{method}: {why}"));
            }
            What::WebhookSent { .. }
            | What::Connected { .. }
            | What::Disconnected { .. }
            | What::CallReceived { .. }
            | What::CallAnswered { .. }
            | What::PressAnswered { text: None, .. } => {}
        }
    }

    /// The nine counts so far. `lost` is complete only after [`Oracle::settle`].
    pub fn counts(&self) -> Counts {
        self.findings.counts
    }

    /// The first findings of each kind.
    pub fn findings(&self) -> &[Finding] {
        self.findings.kept()
    }

    /// Everything beside the nine.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Users in a room that is open on their screen.
    pub fn seated(&self) -> usize {
        self.tally.seated
    }

    /// Users who are shown that their search runs.
    pub fn searching(&self) -> usize {
        self.waiting.values().map(BTreeSet::len).sum()
    }

    fn chat(&mut self, bot: BotId, user: UserId) -> ChatIndex {
        if let Some(index) = self.chat_index.get(&(bot, user)) {
            return *index;
        }
        let people = &mut self.people;
        let person = *self.person_index.entry(user).or_insert_with(|| {
            people.push(Person::new(user));
            people.len() - 1
        });
        let chat = self.chats.len();
        self.chats.push(Chat::new(bot, user, person));
        self.chat_index.insert((bot, user), chat);
        self.people[person].chats.push(chat);
        chat
    }

    fn place(&self, chat: ChatIndex, message: MessageId) -> Place {
        Place { bot: self.chats[chat].bot, user: self.chats[chat].user, message }
    }

    fn note(&mut self, fault: Fault, chat: ChatIndex, message: MessageId, what: impl FnOnce() -> String) {
        let place = self.place(chat, message);
        self.findings.note(fault, self.now.time(), place, what);
    }
}
