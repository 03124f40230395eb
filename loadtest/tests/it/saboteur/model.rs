//! A tiny relay bot, right in everything, with one switch per way of being wrong.

use std::collections::{HashMap, HashSet, VecDeque};

use loadtest::oracle::Fault;
use serde_json::{Value, json};

pub(super) type User = i64;
pub(super) type Message = i64;
type Room = i64;

/// A call to be made into a chat, after those queued before it.
#[derive(Clone, Debug)]
pub(super) enum Out {
    /// A method whose body is known.
    Call { method: &'static str, body: Value },
    /// A copy of a message; the reply is looked up when its turn comes.
    Copy { from: User, message: Message, reply_to: Option<Message> },
    /// A new text for the copy of a message.
    Edit { from: User, message: Message, text: String },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Session {
    Idle,
    Waiting,
    Chatting { room: Room, partner: User },
}

#[derive(Debug)]
struct Person {
    session: Session,
    /// The update that began this session; what was written before does not belong to it.
    since: i64,
}

/// The bot's mind. Calls come out in the order in which each chat is to get them.
#[derive(Debug)]
pub(super) struct Model {
    sabotage: Option<Fault>,
    bot: i64,
    people: HashMap<User, Person>,
    waiting: VecDeque<User>,
    done: HashSet<i64>,
    last_room: Room,
    /// Relayed anything yet: sabotage begins then, so that everybody gets seated first.
    armed: bool,
    chances: u64,
    /// Copies kept back: the writer, the addressee, and the call.
    kept: Vec<(User, User, Out)>,
    out: Vec<(User, Out)>,
}

impl Model {
    pub(super) fn new(bot: i64, sabotage: Option<Fault>) -> Self {
        Self {
            sabotage,
            bot,
            people: HashMap::new(),
            waiting: VecDeque::new(),
            done: HashSet::new(),
            last_room: 1000,
            armed: false,
            chances: 0,
            kept: Vec::new(),
            out: Vec::new(),
        }
    }

    /// Takes an update, and answers the calls that follow from it, each with its chat.
    pub(super) fn take(&mut self, update: &Value) -> Vec<(User, Out)> {
        let id = update["update_id"].as_i64().unwrap();
        if self.done.insert(id) {
            if let Some(message) = update.get("message") {
                self.message(id, message);
            } else if let Some(message) = update.get("edited_message") {
                self.edited(message);
            } else if let Some(press) = update.get("callback_query") {
                self.pressed(id, press);
            }
        }
        std::mem::take(&mut self.out)
    }

    fn person(&mut self, user: User) -> &mut Person {
        self.people.entry(user).or_insert(Person { session: Session::Idle, since: 0 })
    }

    /// Whether to misbehave in this way now: at every `nth` chance.
    fn strikes(&mut self, fault: Fault, nth: u64) -> bool {
        if self.sabotage != Some(fault) || !self.armed {
            return false;
        }
        self.chances += 1;
        self.chances.is_multiple_of(nth)
    }

    fn say(&mut self, to: User, text: &str, buttons: &[String], reply_to: Option<Message>) {
        let row: Vec<Value> =
            buttons.iter().map(|data| json!({ "text": "x", "callback_data": data })).collect();
        let mut body = json!({ "chat_id": to, "text": text });
        if !row.is_empty() {
            body["reply_markup"] = json!({ "inline_keyboard": [row] });
        }
        if let Some(message) = reply_to {
            body["reply_parameters"] = json!({ "message_id": message, "allow_sending_without_reply": true });
        }
        self.out.push((to, Out::Call { method: "sendMessage", body }));
    }

    fn message(&mut self, id: i64, message: &Value) {
        let user = message["from"]["id"].as_i64().unwrap();
        if self.person(user).since > id {
            return;
        }
        match message["text"].as_str().filter(|text| text.starts_with('/')) {
            Some("/search") => self.search(id, user),
            Some("/next") => {
                self.leave(id, user, true);
            }
            Some("/stop") => {
                self.leave(id, user, false);
            }
            Some(_) => self.say(user, "help", &["search:0".to_owned()], None),
            None => self.relay(user, message),
        }
    }

    fn relay(&mut self, from: User, message: &Value) {
        let id = message["message_id"].as_i64().unwrap();
        let Session::Chatting { partner, .. } = self.person(from).session else {
            self.say(from, "nobody listens", &["search:0".to_owned()], Some(id));
            return;
        };
        self.armed = true;
        let reply_to = message["reply_to_message"]["message_id"].as_i64();
        let copy = Out::Copy { from, message: id, reply_to };
        if self.strikes(Fault::InvalidCalls, 7) {
            let body = json!({ "chat_id": partner, "txt": "a parameter that does not exist" });
            self.out.push((partner, Out::Call { method: "sendMessage", body }));
        }
        if self.strikes(Fault::Lost, 7) {
            return;
        }
        if self.strikes(Fault::Misdelivered, 7)
            && let Some(stranger) = self.somebody_else(from, partner)
        {
            self.out.push((stranger, copy.clone()));
        }
        if self.strikes(Fault::Reordered, 7) || self.strikes(Fault::DeliveredAfterLeave, 3) {
            self.kept.push((from, partner, copy));
            return;
        }
        if self.strikes(Fault::Duplicated, 7) {
            self.out.push((partner, copy.clone()));
        }
        self.out.push((partner, copy));
        if self.sabotage == Some(Fault::Reordered) {
            self.let_go(|writer, _| writer == from);
        }
    }

    /// Sends what was kept back.
    fn let_go(&mut self, which: impl Fn(User, User) -> bool) {
        for (writer, addressee, copy) in std::mem::take(&mut self.kept) {
            if which(writer, addressee) {
                self.out.push((addressee, copy));
            } else {
                self.kept.push((writer, addressee, copy));
            }
        }
    }

    fn somebody_else(&self, one: User, other: User) -> Option<User> {
        let chatting = |person: &Person| matches!(person.session, Session::Chatting { .. });
        let mut users: Vec<_> =
            self.people.iter().filter(|(_, person)| chatting(person)).map(|(id, _)| *id).collect();
        users.sort_unstable();
        users.into_iter().find(|user| *user != one && *user != other)
    }

    fn edited(&mut self, message: &Value) {
        let from = message["from"]["id"].as_i64().unwrap();
        if let (Session::Chatting { partner, .. }, Some(text)) =
            (self.person(from).session, message["text"].as_str())
        {
            let edit =
                Out::Edit { from, message: message["message_id"].as_i64().unwrap(), text: text.to_owned() };
            self.out.push((partner, edit));
        }
    }

    fn pressed(&mut self, id: i64, press: &Value) {
        let user = press["from"]["id"].as_i64().unwrap();
        let did = self.person(user).since < id && self.press(id, user, press["data"].as_str().unwrap());
        let mut body = json!({ "callback_query_id": press["id"] });
        if !did {
            body["text"] = json!("over");
        }
        self.out.push((user, Out::Call { method: "answerCallbackQuery", body }));
    }

    /// An old button acts on nothing.
    fn press(&mut self, id: i64, user: User, data: &str) -> bool {
        let room = match self.person(user).session {
            Session::Chatting { room, .. } => Some(room),
            Session::Idle | Session::Waiting => None,
        };
        let (verb, of) = data.split_once(':').unwrap();
        let names_room = room.is_some() && of.parse().ok() == room;
        match verb {
            "next" if names_room => self.leave(id, user, true),
            "stop" if names_room => self.leave(id, user, false),
            "cancel" if self.person(user).session == Session::Waiting => self.leave(id, user, false),
            "search" if room.is_none() => self.search(id, user),
            _ => return false,
        }
        true
    }

    fn search(&mut self, id: i64, user: User) {
        match self.person(user).session {
            Session::Idle => {
                self.begin(id, user);
                self.pair();
            }
            Session::Waiting => {
                let since = self.person(user).since;
                self.say(user, "still searching", &[format!("cancel:{}:{since}", self.bot)], None);
            }
            Session::Chatting { .. } => self.say(user, "you are talking", &[], None),
        }
    }

    fn begin(&mut self, id: i64, user: User) {
        *self.person(user) = Person { session: Session::Waiting, since: id };
        self.say(user, "searching", &[format!("cancel:{}:{id}", self.bot)], None);
        if self.strikes(Fault::StuckWaiting, 2) {
            return;
        }
        if self.strikes(Fault::SelfMatched, 5) {
            self.meet(user, user);
            return;
        }
        self.waiting.push_back(user);
    }

    /// Leaves room or queue, and searches on if that was asked.
    fn leave(&mut self, id: i64, user: User, next: bool) {
        match self.person(user).session {
            Session::Chatting { room, partner } => {
                for side in [partner, user] {
                    *self.person(side) = Person { session: Session::Idle, since: self.person(side).since };
                    self.say(side, "over", &[format!("search:{room}")], None);
                }
                if self.sabotage == Some(Fault::DeliveredAfterLeave) {
                    self.let_go(|_, addressee| addressee == partner || addressee == user);
                }
            }
            Session::Waiting if next => return self.search(id, user),
            Session::Waiting => {
                self.waiting.retain(|waiting| *waiting != user);
                self.person(user).session = Session::Idle;
                self.say(user, "called off", &["search:0".to_owned()], None);
            }
            Session::Idle if next => {}
            Session::Idle => self.say(user, "nothing to stop", &["search:0".to_owned()], None),
        }
        self.person(user).since = id;
        if next {
            self.begin(id, user);
            self.pair();
        }
    }

    fn pair(&mut self) {
        if let Some(user) = self.waiting.front().copied()
            && self.strikes(Fault::DoubleMatched, 5)
            && let Some(taken) = self.somebody_else(user, user)
        {
            self.waiting.pop_front();
            self.meet(user, taken);
        }
        while self.waiting.len() >= 2 {
            let (one, other) = (self.waiting.pop_front().unwrap(), self.waiting.pop_front().unwrap());
            self.meet(one, other);
        }
    }

    fn meet(&mut self, one: User, other: User) {
        self.last_room += 1;
        let room = self.last_room;
        for (user, partner) in [(one, other), (other, one)] {
            self.person(user).session = Session::Chatting { room, partner };
            self.say(user, "found", &[format!("next:{room}"), format!("stop:{room}")], None);
        }
    }
}
