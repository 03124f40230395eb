//! What a user does when their time comes.

use rand::Rng;

use super::person::Stage;
use super::{Crowd, Deed, words};
use crate::telegram::{Action, UserId, Writing};

impl Crowd {
    pub(super) fn act(&mut self, who: usize) {
        if self.talk.is_some_and(|talk| self.now >= talk.until) {
            return;
        }
        match self.people[who].stage {
            Stage::Away => self.arrive(who),
            Stage::Idle | Stage::Asking => self.ask(who),
            Stage::Searching => self.grow_restless(who),
            Stage::Talking => self.take_turn(who),
            Stage::Leaving => self.insist(who),
        }
    }

    fn arrive(&mut self, who: usize) {
        self.people[who].stage = Stage::Idle;
        self.does(who, Action::Start { payload: None });
        // The welcome need not be awaited: some know what to do.
        let pause = self.between(0.1, 1.5);
        self.wheel.set(who, self.now + pause);
    }

    /// Asks for a partner, one way or another.
    fn ask(&mut self, who: usize) {
        let wanders = self.plan.bots.len() > 1 && self.chance(self.plan.habits.wandering);
        if wanders && self.people[who].stage == Stage::Idle {
            let bots = self.plan.bots.len();
            let person = &mut self.people[who];
            person.bot = (person.bot + 1) % bots;
            (person.over, person.old, person.search) = (None, None, None);
            self.does(who, Action::Start { payload: None });
        }
        if let Some(over) = self.people[who].over
            && self.plan.habits.clears > 0.0
            && self.chance(self.plan.habits.clears)
        {
            self.does(who, Action::Press { message_id: over.message, data: format!("clear:{}", over.of) });
        }
        self.people[who].stage = Stage::Asking;
        let over = self.people[who].over;
        match (self.rng.random_range(0..10), over) {
            (0..5, Some(over)) => {
                let data = format!("search:{}", over.of);
                self.does(who, Action::Press { message_id: over.message, data });
            }
            (5, _) => self.does(who, Action::text("/next")),
            _ => self.does(who, Action::text("/search")),
        }
        if self.talk.is_some() && self.chance(self.plan.habits.restless) {
            let text = words::text(&mut self.rng, None);
            let text = self.mark(text);
            self.does(who, Action::Write(text));
        }
        self.look_again(who);
    }

    /// Has waited for long, or is one of the restless.
    fn grow_restless(&mut self, who: usize) {
        let Some(search) = self.people[who].search else { return self.ask(who) };
        if self.talk.is_none() {
            return self.wait(who);
        }
        self.people[who].stage = Stage::Leaving;
        if self.rng.random_bool(0.5) {
            let data = format!("cancel:{}:{}", search.of.bot, search.of.update);
            self.does(who, Action::Press { message_id: search.message, data });
        } else {
            self.does(who, Action::text("/stop"));
        }
        self.look_again(who);
    }

    /// A turn in a talk.
    fn take_turn(&mut self, who: usize) {
        if self.talk.is_none() {
            return;
        }
        if self.now >= self.people[who].leaves {
            return self.leave(who);
        }
        let now = self.now;
        if now < self.people[who].silent_until {
            return self.plan_turn(who, now);
        }
        let habits = self.plan.habits;
        let dice: f64 = self.rng.random_range(0.0..1.0);
        if dice < habits.edits {
            self.edit(who);
        } else if dice < habits.edits + habits.reactions {
            self.react(who);
        } else if dice < habits.edits + habits.reactions + habits.oddities {
            self.do_something_odd(who);
        } else if dice < habits.edits + habits.reactions + habits.oddities + habits.deletions {
            self.take_back(who);
        } else if self.people[who].written < self.quota() {
            self.say_something(who);
        }
        self.plan_turn(who, now);
    }

    fn say_something(&mut self, who: usize) {
        if self.plan.habits.albums > 0.0 && self.chance(self.plan.habits.albums) {
            return self.show_album(who);
        }
        let writing = self.compose(who);
        self.people[who].written += 1;
        self.people[who].wrote = self.now;
        self.does(who, Action::Write(writing));
    }

    /// Telegram sends the messages of an album one by one, all at once. The first has the words.
    fn show_album(&mut self, who: usize) {
        let count = self.rng.random_range(2..=5_u32);
        let album = format!("{who}-{}", self.people[who].written);
        self.people[who].written += count;
        self.people[who].wrote = self.now;
        for number in 0..count {
            let writing = words::photo(&mut self.rng, &album, number == 0);
            self.does(who, Action::Write(writing));
        }
    }

    fn compose(&mut self, who: usize) -> Writing {
        let habits = self.plan.habits;
        if self.chance(habits.uncopyable) {
            return words::uncopyable(&mut self.rng);
        }
        let person = &self.people[who];
        let (own, partners) = (person.own.map(|(message, _)| message), person.partners);
        let reply_to = if self.chance(habits.replies) {
            if self.rng.random_bool(0.7) { partners.or(own) } else { own.or(partners) }
        } else {
            None
        };
        if self.chance(habits.media) {
            words::media(&mut self.rng, reply_to)
        } else {
            let text = words::text(&mut self.rng, reply_to);
            self.mark(text)
        }
    }

    /// Numbers a text where bots mix.
    fn mark(&mut self, mut writing: Writing) -> Writing {
        if self.plan.bots.len() > 1 {
            self.texts += 1;
            writing.text = writing.text.map(|text| words::marked(&text, self.texts));
        }
        writing
    }

    fn edit(&mut self, who: usize) {
        if let Some((message_id, true)) = self.people[who].own {
            let text = format!("{} *", words::line(&mut self.rng));
            self.does(who, Action::Edit { message_id, text });
        }
    }

    /// On what the partner wrote, or on what they wrote themselves; or takes it away again.
    fn react(&mut self, who: usize) {
        let (own, partners) = (self.people[who].own.map(|(message, _)| message), self.people[who].partners);
        let message = if self.rng.random_bool(0.7) { partners.or(own) } else { own.or(partners) };
        if let Some(message_id) = message {
            let emoji = words::reaction(&mut self.rng);
            self.does(who, Action::React { message_id, emoji });
        }
    }

    fn take_back(&mut self, who: usize) {
        if let Some((message, _)) = self.people[who].own.take() {
            self.does(who, Action::reply(message, "/delete"));
        }
    }

    fn do_something_odd(&mut self, who: usize) {
        match (self.rng.random_range(0..5), self.people[who].old) {
            (0, Some(old)) => {
                self.does(who, Action::Press { message_id: old.message, data: format!("next:{}", old.of) });
            }
            (1, Some(old)) => {
                self.does(who, Action::Press { message_id: old.message, data: format!("stop:{}", old.of) });
            }
            (2, _) => self.does(who, Action::text("/search")),
            (3, _) => self.does(who, Action::text("/help")),
            _ => self.does(who, Action::text("/settings of nothing")),
        }
    }

    /// Leaves the room, one way or another.
    fn leave(&mut self, who: usize) {
        let Some(room) = self.people[who].room else { return };
        // Who has said too little says something before they go.
        let parting = self.chance(self.plan.habits.parting_words) || self.lag(who) >= 1.0;
        if parting && self.people[who].written < self.quota() {
            self.say_something(who);
        }
        self.people[who].stage = Stage::Leaving;
        if self.chance(self.plan.habits.blocks) {
            self.people[who].stage = Stage::Away;
            self.people[who].room = None;
            self.does(who, Action::Block);
            let pause = self.between(2.0, 10.0);
            return self.wheel.set(who, self.now + pause);
        }
        let next = self.rng.random_bool(0.5);
        match self.rng.random_range(0..20) {
            0..10 => {
                let data = format!("{}:{}", if next { "next" } else { "stop" }, room.of);
                self.does(who, Action::Press { message_id: room.message, data: data.clone() });
                // Some fingers press twice.
                if self.rng.random_bool(0.05) {
                    self.does(who, Action::Press { message_id: room.message, data });
                }
            }
            _ => self.does(who, Action::text(if next { "/next" } else { "/stop" })),
        }
        if self.chance(self.plan.habits.restless) {
            let text = words::text(&mut self.rng, None);
            let text = self.mark(text);
            self.does(who, Action::Write(text));
        }
        self.look_again(who);
    }

    /// Nothing came of leaving: asks again.
    fn insist(&mut self, who: usize) {
        self.does(who, Action::text("/stop"));
        self.look_again(who);
    }

    /// If nothing is said until then, people ask again.
    fn look_again(&mut self, who: usize) {
        let pause = self.between(15.0, 25.0);
        self.wheel.set(who, self.now + pause);
    }

    /// Closing time: whoever came is to stop. Also who believes to be idle: somebody who changed the bot in the middle of
    /// things may wait or sit in a room they do not look at.
    pub fn go_home(&mut self, mut doing: impl FnMut(Deed)) {
        self.end();
        for who in 0..self.people.len() {
            if self.people[who].stage != Stage::Away {
                self.does(who, Action::text("/stop"));
            }
        }
        self.deeds.drain(..).for_each(&mut doing);
    }

    fn does(&mut self, who: usize, action: Action) {
        let bot = self.plan.bots[self.people[who].bot];
        let user = self.plan.first_user + UserId::try_from(who).expect("users are few");
        self.deeds.push(Deed { bot, user, action });
    }
}
