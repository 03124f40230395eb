//! Virtual users: they join, search, talk, send all kinds of things, answer, edit, leave and come back, and act on
//! what they see in their chats. Seeded, pure and cheap: events go in, deeds come out; a hundred thousand users are a
//! vector and a timer wheel.

mod act;
mod people;
mod person;
mod plan;
#[cfg(test)]
mod tests;
mod wheel;
mod words;

use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

pub use people::People;
pub(crate) use people::rate;
pub use plan::{Habits, Mix, Plan};

use crate::oracle::{Signs, Wish};
use crate::telegram::{Action, BotId, Event, Kind, MessageId, Origin, Queued, UserId, What};
use person::{Person, Sight, Stage};
use wheel::Wheel;

/// Something a user does now.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Through which bot.
    pub bot: BotId,
    /// Who.
    pub user: UserId,
    /// What.
    pub action: Action,
}

/// When the users chat.
#[derive(Clone, Copy, Debug)]
struct Talk {
    from: Duration,
    until: Duration,
}

/// All virtual users of a run.
#[derive(Debug)]
pub struct Crowd {
    plan: Plan,
    people: Vec<Person>,
    wheel: Wheel,
    rng: SmallRng,
    talk: Option<Talk>,
    over: bool,
    now: Duration,
    woken: Vec<usize>,
    deeds: Vec<Deed>,
    /// Texts written so far, where they are numbered.
    texts: u64,
}

impl Crowd {
    /// The users of a plan, which names one bot at least; they join from `now` on.
    pub fn new(plan: Plan, now: Duration) -> Self {
        // A bot with a handful of users would leave too large a part of them without a partner.
        let mut plan = plan;
        plan.bots.truncate((plan.users / 10).max(1));
        let people: Vec<Person> = (0..plan.users).map(|who| Person::new(who % plan.bots.len())).collect();
        let mut wheel = Wheel::new(people.len());
        let ramp = plan.habits.ramp(plan.users);
        for who in 0..people.len() {
            #[expect(clippy::cast_precision_loss, reason = "users are few")]
            let share = who as f64 / people.len() as f64;
            wheel.set(who, now + ramp.mul_f64(share));
        }
        let rng = SmallRng::seed_from_u64(plan.seed);
        Self {
            plan,
            people,
            wheel,
            rng,
            talk: None,
            over: false,
            now,
            woken: Vec::new(),
            deeds: Vec::new(),
            texts: 0,
        }
    }

    /// The plan they follow.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Until when they talk; `None` before they began.
    pub fn talks_until(&self) -> Option<Duration> {
        self.talk.map(|talk| talk.until)
    }

    /// How many see an open room.
    pub fn seated(&self) -> usize {
        self.people.iter().filter(|person| person.room.is_some()).count()
    }

    /// Everybody begins to talk, to leave and to come back.
    pub fn begin(&mut self, now: Duration) {
        let until = now + Duration::from_secs(self.plan.seconds);
        self.talk = Some(Talk { from: now, until });
        for who in 0..self.people.len() {
            if self.people[who].stage == Stage::Talking {
                self.plan_stay(who, now);
                self.plan_turn(who, now);
            }
        }
    }

    /// Nobody does anything any more.
    pub fn end(&mut self) {
        self.over = true;
        self.wheel.clear();
        self.deeds.clear();
    }

    /// What is to be done by now. `doing` is called for each deed, in order.
    pub fn due(&mut self, now: Duration, mut doing: impl FnMut(Deed)) {
        self.now = self.now.max(now);
        let mut woken = std::mem::take(&mut self.woken);
        self.wheel.turn(now, &mut woken);
        for who in woken.drain(..) {
            if !self.over {
                self.act(who);
            }
        }
        self.woken = woken;
        for deed in self.deeds.drain(..) {
            doing(deed);
        }
    }

    /// What a user sees in their chat changes what they will do.
    pub fn see(&mut self, event: &Event) {
        self.now = self.now.max(event.at);
        match &event.what {
            What::UpdateQueued { user, queued: Queued::Message { message_id, text, .. }, .. } => {
                if let Some(who) = self.who(*user)
                    && text.as_deref().and_then(Wish::of_text).is_none()
                {
                    self.wrote(who, *message_id, text.is_some());
                }
            }
            What::MessagePlaced { bot, user, message_id, origin, kind, text, buttons, reply_to, .. } => {
                let Some(who) = self.who(*user) else { return };
                let of_partner = *kind != Kind::Text || text.as_deref().is_some_and(words::is_marked);
                match origin {
                    // A partner of another bot.
                    Origin::Sent if buttons.is_empty() && of_partner => {
                        self.people[who].partners = Some(*message_id);
                    }
                    Origin::Sent => self.told(who, *bot, *message_id, Signs::of(buttons), *reply_to),
                    Origin::Copy { .. } | Origin::Forward { .. } => {
                        self.people[who].partners = Some(*message_id);
                    }
                }
            }
            What::MessageDeleted { user, message_id, .. } => {
                if let Some(who) = self.who(*user) {
                    self.people[who].forget(*message_id);
                }
            }
            _ => {}
        }
    }

    fn who(&self, user: UserId) -> Option<usize> {
        usize::try_from(user - self.plan.first_user).ok().filter(|who| *who < self.people.len())
    }

    fn wrote(&mut self, who: usize, message: MessageId, has_words: bool) {
        let person = &mut self.people[who];
        if person.stage == Stage::Talking {
            person.own = Some((message, has_words));
        }
    }

    fn told(
        &mut self,
        who: usize,
        bot: BotId,
        message: MessageId,
        signs: Signs,
        reply_to: Option<MessageId>,
    ) {
        let now = self.now;
        let person = &mut self.people[who];
        if self.plan.bots[person.bot] != bot {
            // News of another bot's chat: what matters is where they are now.
            return;
        }
        if let Some(room) = signs.over.filter(|over| person.room.is_some_and(|room| room.of == *over)) {
            person.leave(Sight { message, of: room });
            self.rest(who);
        }
        let person = &mut self.people[who];
        if let Some(ticket) = signs.searching {
            // Somebody who asked to call the search off does not care to hear again that it runs.
            let called_off =
                person.stage == Stage::Leaving && person.search.is_some_and(|search| search.of == ticket);
            if !called_off && person.stage != Stage::Searching {
                person.stage = Stage::Searching;
                person.search = Some(Sight { message, of: ticket });
                self.wait(who);
            }
        } else if let Some(room) = signs.open {
            if person.room.is_none_or(|known| known.of != room) {
                person.enter(Sight { message, of: room });
                self.settle_in(who);
            }
        } else if reply_to.is_some() && person.stage == Stage::Talking {
            // Whatever the reason was, it does not help to go on at once.
            person.silent_until = now + Duration::from_secs(3);
        } else if signs.over.is_none() && matches!(person.stage, Stage::Leaving | Stage::Asking) {
            // The search was called off, or could not begin.
            person.stage = if person.room.is_some() { Stage::Talking } else { Stage::Idle };
            person.search = None;
            self.rest(who);
        }
    }

    /// A moment of doing nothing, then the next thing.
    fn rest(&mut self, who: usize) {
        let pause = self.between(0.3, 1.5);
        self.wheel.set(who, self.now + pause);
    }

    /// Is shown that the search runs: waits for what comes, and looks again after long.
    fn wait(&mut self, who: usize) {
        let restless = self.talk.is_some() && self.chance(self.plan.habits.restless);
        let pause = if restless { self.between(0.2, 1.0) } else { self.between(40.0, 80.0) };
        self.wheel.set(who, self.now + pause);
    }

    fn settle_in(&mut self, who: usize) {
        let now = self.now;
        if self.talk.is_some() {
            self.plan_stay(who, now);
            self.plan_turn(who, now);
        }
    }

    /// Decides how long to stay.
    fn plan_stay(&mut self, who: usize, now: Duration) {
        let habits = &self.plan.habits;
        let (least, more) = (habits.stay_at_least, habits.stay);
        let drawn: f64 = self.rng.random_range(f64::EPSILON..1.0);
        let stay = least + more * -drawn.ln();
        self.people[who].leaves = now + Duration::from_secs_f64(stay);
    }

    /// Sets the time of the next turn in the talk: the next message's, or that of leaving.
    fn plan_turn(&mut self, who: usize, now: Duration) {
        let Some(talk) = self.talk else { return };
        let (written, leaves, silent_until, wrote) = {
            let person = &self.people[who];
            (person.written, person.leaves, person.silent_until, person.wrote)
        };
        let next = if written < self.quota() {
            // The k-th message is written at a random moment of the k-th stretch of time: everybody keeps the pace, and
            // who fell behind (between rooms) catches up.
            let stretch = f64::from(written) + self.rng.random_range(0.0..1.0);
            let due = talk.from + self.plan.pace().mul_f64(stretch);
            // Faster than a message a second per chat is not polite, and Telegram would hold it up.
            let breath = wrote + self.between(1.1, 1.6);
            let look = now + self.between(0.2, 0.8);
            due.max(breath).max(look).max(silent_until)
        } else {
            talk.until
        };
        self.wheel.set(who, next.min(leaves.max(now + Duration::from_millis(100))));
    }

    /// Messages by which somebody lags behind their pace.
    fn lag(&self, who: usize) -> f64 {
        let Some(talk) = self.talk else { return 0.0 };
        let passed = self.now.saturating_sub(talk.from).as_secs_f64() / self.plan.pace().as_secs_f64();
        passed.min(f64::from(self.quota())) - f64::from(self.people[who].written)
    }

    /// Messages everybody writes over the whole time.
    fn quota(&self) -> u32 {
        #[expect(clippy::cast_precision_loss, reason = "seconds are few")]
        let messages = self.plan.seconds as f64 * self.plan.messages_per_minute / 60.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rounded up and not negative"
        )]
        let quota = messages.ceil() as u32;
        quota
    }

    fn between(&mut self, from: f64, to: f64) -> Duration {
        Duration::from_secs_f64(self.rng.random_range(from..to))
    }

    fn chance(&mut self, share: f64) -> bool {
        self.rng.random_bool(share.clamp(0.0, 1.0))
    }
}
