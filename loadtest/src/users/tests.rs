//! Users in a small right world: a bot that answers at once and pairs whoever waits.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::person::Stage;
use super::{Crowd, Deed, Habits, Plan};
use crate::oracle::{Counts, Oracle, Patience, Wish};
use crate::telegram::{Action, Button, Event, Kind, Matter, MessageId, Origin, Queued, UserId, What};

const BOT: i64 = 7;
const FIRST_USER: UserId = 500;

/// The world: chats, rooms, and everything that was done and seen.
struct World {
    at: Duration,
    crowd: Crowd,
    oracle: Oracle,
    ids: i64,
    buttons: BTreeMap<(UserId, MessageId), Vec<String>>,
    waiting: VecDeque<UserId>,
    rooms: BTreeMap<UserId, (i64, UserId)>,
    deeds: Vec<String>,
    kinds: BTreeMap<&'static str, usize>,
}

fn plan(seed: u64) -> Plan {
    Plan {
        bots: vec![BOT],
        first_user: FIRST_USER,
        users: 101,
        messages_per_minute: 6.0,
        seconds: 60,
        seed,
        drain_seconds: 5,
        habits: Habits::default(),
        patience_seconds: None,
    }
}

/// A whole run.
fn world(plan: Plan) -> World {
    let seconds = plan.seconds;
    let mut world = begun(plan);
    world.pass(seconds + 1);
    world
}

/// A run whose talk begins now.
fn begun(plan: Plan) -> World {
    let mut world = World {
        at: Duration::ZERO,
        crowd: Crowd::new(plan, Duration::ZERO),
        oracle: Oracle::new(Patience::default()),
        ids: 0,
        buttons: BTreeMap::new(),
        waiting: VecDeque::new(),
        rooms: BTreeMap::new(),
        deeds: Vec::new(),
        kinds: BTreeMap::new(),
    };
    world.pass(5);
    assert_eq!(world.crowd.seated(), 100);
    assert_eq!(world.oracle.tally().sent, 0, "nobody writes before the talk begins");
    world.crowd.begin(world.at);
    world
}

impl World {
    fn pass(&mut self, seconds: u64) {
        for _ in 0..seconds * 50 {
            self.at += Duration::from_millis(20);
            let mut deeds = Vec::new();
            self.crowd.due(self.at, |deed| deeds.push(deed));
            for deed in deeds {
                self.happens(deed);
            }
        }
    }

    fn id(&mut self) -> i64 {
        self.ids += 1;
        self.ids
    }

    fn tell(&mut self, what: What) {
        let event = Event { at: self.at, what };
        self.oracle.see(&event);
        self.crowd.see(&event);
    }

    fn happens(&mut self, deed: Deed) {
        let Deed { bot, user, action } = deed;
        self.deeds.push(format!("{} {user} {action:?}", self.at.as_millis()));
        let (update_id, message_id) = (self.id(), self.id());
        let (queued, wish) = match action {
            Action::Start { .. } => {
                (written(message_id, Kind::Text, Some("/start"), None), Some(Wish::Start))
            }
            Action::Write(writing) => {
                *self.kinds.entry(writing.kind.field()).or_default() += 1;
                let wish = writing.text.as_deref().and_then(Wish::of_text);
                (written(message_id, writing.kind, writing.text.as_deref(), writing.reply_to), wish)
            }
            Action::Press { message_id, data } => {
                let there =
                    self.buttons.get(&(user, message_id)).is_some_and(|buttons| buttons.contains(&data));
                assert!(there, "{user} presses {data} where there is no such button");
                let wish = Wish::of_press(&data);
                (Queued::Press { message_id, data: Arc::from(data) }, Some(wish))
            }
            Action::Edit { message_id, text } => {
                (Queued::Edit { message_id, text: Some(Arc::from(text)) }, None)
            }
            _ => return,
        };
        let message = match &queued {
            Queued::Message { kind, .. } if wish.is_none() => Some(*kind),
            _ => None,
        };
        self.tell(What::UpdateQueued { bot, user, update_id, queued });
        self.tell(What::Acknowledged { bot, user, update_id, age: Duration::ZERO });
        match (wish, message) {
            (Some(wish), _) => self.wished(user, update_id, wish),
            (None, Some(kind)) => self.relay(user, message_id, kind),
            (None, None) => {}
        }
    }

    fn wished(&mut self, user: UserId, update: i64, wish: Wish) {
        let room = self.rooms.get(&user).map(|(room, _)| *room);
        match wish {
            Wish::Search if room.is_none() => self.search(user, update),
            Wish::Next(named) if named.is_none() || named == room => {
                self.leave(user);
                self.search(user, update);
            }
            Wish::Stop(named) if named.is_none() || named == room => {
                if room.is_some() {
                    self.leave(user);
                } else {
                    self.waiting.retain(|waiting| *waiting != user);
                    self.say(user, &["search:0".to_owned()], None);
                }
            }
            Wish::Cancel => {
                self.waiting.retain(|waiting| *waiting != user);
                self.say(user, &["search:0".to_owned()], None);
            }
            Wish::Start => self.say(user, &["search:0".to_owned()], None),
            _ => self.say(user, &[], None),
        }
    }

    fn search(&mut self, user: UserId, update: i64) {
        self.say(user, &[format!("cancel:{BOT}:{update}")], None);
        let Some(partner) = self.waiting.iter().position(|other| *other != user) else {
            if !self.waiting.contains(&user) {
                self.waiting.push_back(user);
            }
            return;
        };
        let partner = self.waiting.remove(partner).unwrap();
        self.waiting.retain(|waiting| *waiting != user);
        let room = self.id();
        for (one, other) in [(user, partner), (partner, user)] {
            self.rooms.insert(one, (room, other));
            self.say(one, &[format!("next:{room}"), format!("stop:{room}")], None);
        }
    }

    fn leave(&mut self, user: UserId) {
        let Some((room, partner)) = self.rooms.remove(&user) else { return };
        self.rooms.remove(&partner);
        for side in [partner, user] {
            self.say(side, &[format!("search:{room}")], None);
        }
    }

    fn relay(&mut self, user: UserId, message: MessageId, kind: Kind) {
        match self.rooms.get(&user).copied() {
            Some((_, partner)) if kind.copyable() => {
                let origin = Origin::Copy { from: user, message_id: message };
                self.place(partner, origin, &[], None);
            }
            _ => self.say(user, &[], Some(message)),
        }
    }

    fn say(&mut self, user: UserId, data: &[String], reply_to: Option<MessageId>) {
        self.place(user, Origin::Sent, data, reply_to);
    }

    fn place(&mut self, user: UserId, origin: Origin, data: &[String], reply_to: Option<MessageId>) {
        let message_id = self.id();
        self.buttons.insert((user, message_id), data.to_vec());
        let buttons = data
            .iter()
            .map(|data| vec![Button { text: Arc::from("x"), data: Some(Arc::from(&**data)), url: None }]);
        self.tell(What::MessagePlaced {
            call: 0,
            bot: BOT,
            user,
            message_id,
            origin,
            kind: Kind::Text,
            text: None,
            matter: Matter::Nothing,
            buttons: buttons.collect(),
            reply_to,
            album: None,
        });
    }
}

fn written(message_id: MessageId, kind: Kind, text: Option<&str>, reply_to: Option<MessageId>) -> Queued {
    let (text, matter) = (text.map(Arc::from), Matter::Nothing);
    Queued::Message { message_id, kind, text, reply_to, matter, album: None }
}

#[test]
fn users_keep_their_pace_and_a_right_world_comes_out_clean() {
    let mut world = world(plan(3));
    let least = world.crowd.plan().least_sent();
    world.oracle.settle();
    assert_eq!(world.oracle.counts(), Counts::default(), "{:#?}", world.oracle.findings());
    let tally = world.oracle.tally();
    #[expect(clippy::cast_precision_loss, reason = "some hundred messages")]
    let sent = tally.sent as f64;
    assert!(sent >= least && sent <= least / 0.9 * 1.02, "{sent} were sent, {least} are wanted at least");
    assert_eq!(tally.sent, tally.relayed + tally.refused);
    assert!(tally.replies > 0 && tally.edits > 0 && tally.rooms > 50, "{tally:?}");
    assert!(world.kinds.len() > 10, "{:?}", world.kinds);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let deeds = world(plan(11)).deeds;
    assert_eq!(deeds, world(plan(11)).deeds);
    assert_ne!(deeds, world(plan(12)).deeds);
}

#[test]
fn nobody_acts_after_the_end_and_everybody_goes_home() {
    let mut world = world(plan(4));
    let before = world.deeds.len();
    world.crowd.end();
    world.pass(100);
    assert_eq!(world.deeds.len(), before);
    let mut deeds = Vec::new();
    world.crowd.go_home(|deed| deeds.push(deed));
    let stages = |stage| world.crowd.people.iter().filter(|person| person.stage == stage).count();
    assert!(stages(Stage::Idle) > 0, "somebody is between two rooms, or seems to be");
    assert_eq!(deeds.len(), world.crowd.people.len() - stages(Stage::Away));
    for deed in deeds {
        world.happens(deed);
    }
    assert_eq!(world.crowd.seated(), 0);
    assert!(world.rooms.is_empty() && world.waiting.is_empty());
}

#[test]
fn who_is_asked_to_slow_down_does_so() {
    let habits = Habits { stay_at_least: 30.0, ..Habits::default() };
    let mut world = begun(Plan { messages_per_minute: 40.0, habits, ..plan(6) });
    let user = *world.rooms.keys().next().unwrap();
    let written = |world: &mut World, seconds| {
        let before = world.deeds.len();
        world.pass(seconds);
        world.deeds[before..].iter().filter(|deed| deed.contains(&format!(" {user} Write"))).count()
    };
    assert!(written(&mut world, 6) > 2);
    let own = world.id();
    world.say(user, &[], Some(own));
    assert_eq!(written(&mut world, 2), 0);
    assert!(written(&mut world, 6) > 2);
}
