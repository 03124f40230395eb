//! The life of the population under some rules: people come, search, meet, part, and give up, and the matching engine
//! itself pairs them. No clock and no other randomness than the seed's.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::engine::{Engine, Matcher, Pair, Rules};
use hamdam_domain::id::{PoolId, TicketId, UpdateId, UserId};
use hamdam_domain::ticket::{Claimant, Met, Ticket, Wishes};
use rand::Rng;

use super::Town;
use super::content::{Measure, content, satisfaction};
use super::dice::{For, between, dice, lasting};
use super::judge::{Broken, broken};
use super::people::Person;
use super::visits::DAWN;

/// A search, from the button to its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Search {
    /// Whose.
    pub(super) who: usize,
    /// When it began.
    pub(super) since: Millis,
    /// How it ended.
    pub(super) end: End,
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// With a partner, whose search has this number.
    Met { partner: usize, waited: Duration, satisfaction: f64, across_bots: bool },
    /// They had waited long enough.
    GaveUp,
    /// Not yet.
    Waiting,
}

/// What became of it all.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Lived {
    /// Every search, in the order in which they began.
    pub(super) searches: Vec<Search>,
    /// Pairs that the engine made.
    pub(super) pairs: u64,
    /// Tickets that the engine holds in the end.
    pub(super) left: usize,
    /// What must not happen, and did.
    pub(super) broken: BTreeMap<Broken, u64>,
}

/// Where somebody is.
#[derive(Clone, Copy, Debug)]
enum Stands {
    Away,
    /// In the search of this number.
    Waiting(usize),
    Chatting,
}

/// What somebody has been through.
#[derive(Debug)]
struct Past {
    stands: Stands,
    /// How many searches they began.
    searches: u32,
    blocked: Vec<UserId>,
    recent: Vec<Met>,
}

/// What the dice say of one search.
#[derive(Clone, Copy, Debug)]
struct Mood {
    /// They give up after so long.
    patience: Duration,
    /// How long they stay in the chat, beside others who are as content.
    stays: f64,
    /// Below what makes somebody block a partner, they do.
    blocks: f64,
    /// Below what makes somebody search again, they do.
    again: f64,
    /// After so long.
    pause: Duration,
}

/// Something that happens at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// Somebody opens the chat, and searches if they do nothing else.
    Comes(usize),
    /// Their patience with this search has run out.
    TiresOf(usize),
    /// The chat of this number is over.
    Parts(usize),
}

/// A chat.
#[derive(Clone, Copy, Debug)]
struct Chat {
    searches: [usize; 2],
    /// How content each is.
    content: [f64; 2],
}

pub(super) struct Life<'a> {
    town: &'a Town,
    rules: &'a Rules,
    people: &'a [Person],
    pool: PoolId,
    measure: Measure,
    engine: Matcher,
    pasts: Vec<Past>,
    moods: Vec<Mood>,
    chats: Vec<Chat>,
    /// What is to come, the next first; what is to come at one time, in the order in which it was planned.
    events: BinaryHeap<Reverse<(Millis, u64, Event)>>,
    planned: u64,
    lived: Lived,
}

/// Nobody leaves a chat before.
const GREETING: Duration = Duration::from_secs(5);
/// Of a chat with a stranger one has nothing to say to, on average.
const SMALL_TALK: Duration = Duration::from_mins(1);
/// So much longer, if one is wholly content.
const TALK: Duration = Duration::from_mins(10);
/// Who is not content at all blocks the other so often.
const BLOCKS: f64 = 0.05;
/// So often who comes out of a chat searches again in the same visit.
const AGAIN: f64 = 0.65;
/// So often who gave up does, after a while.
const AGAIN_IN_VAIN: f64 = 0.25;

/// Lives one span under these rules.
pub(super) fn live(town: &Town, rules: &Rules, people: &[Person], visits: &[(Millis, usize)]) -> Lived {
    let past = || Past { stands: Stands::Away, searches: 0, blocked: Vec::new(), recent: Vec::new() };
    let mut life = Life {
        town,
        rules,
        people,
        pool: PoolId("main".into()),
        measure: Measure::new(),
        engine: Matcher::new(),
        pasts: people.iter().map(|_| past()).collect(),
        moods: Vec::new(),
        chats: Vec::new(),
        events: BinaryHeap::new(),
        planned: 0,
        lived: Lived::default(),
    };
    for (at, who) in visits {
        life.plan(*at, Event::Comes(*who));
    }
    life.run();
    life.lived.left = life.engine.len();
    life.lived
}

impl Life<'_> {
    fn plan(&mut self, at: Millis, event: Event) {
        self.planned += 1;
        self.events.push(Reverse((at, self.planned, event)));
    }

    /// A batch after every interval in which somebody waits. Nobody's wait is shorter than to the next batch, which is
    /// the fleet's upper bound.
    fn run(&mut self) {
        let interval = i64::try_from(self.town.interval.as_millis()).expect("a short interval").max(1);
        let end = DAWN.after(self.town.lasts);
        let mut now = DAWN;
        loop {
            if self.engine.is_empty() {
                let Some(Reverse((next, ..))) = self.events.peek() else { break };
                now.0 += (next.0 - now.0).max(0) / interval * interval;
            }
            now.0 += interval;
            if now >= end {
                break;
            }
            self.happen_until(now);
            for pair in self.engine.pair(self.rules, now) {
                self.meet(&pair, now);
            }
        }
    }

    fn happen_until(&mut self, now: Millis) {
        while let Some(Reverse((at, _, event))) =
            self.events.peek().copied().filter(|Reverse((at, ..))| *at <= now)
        {
            self.events.pop();
            match event {
                Event::Comes(who) => self.search(who, at),
                Event::TiresOf(search) => self.tire(search, at),
                Event::Parts(chat) => self.part(chat, at),
            }
        }
    }

    /// Nobody searches twice at once, or out of a chat.
    fn search(&mut self, who: usize, now: Millis) {
        let (past, person) = (&mut self.pasts[who], &self.people[who]);
        if !matches!(past.stands, Stands::Away) {
            return;
        }
        let mood = mood(self.town.seed, who, past.searches, person.patience);
        past.searches += 1;
        past.recent.retain(|met| now.since(met.at) < self.rules.not_again_for);
        let search = self.lived.searches.len();
        past.stands = Stands::Waiting(search);
        self.lived.searches.push(Search { who, since: now, end: End::Waiting });
        self.moods.push(mood);
        let (blocked, recent) = (past.blocked.clone(), past.recent.clone());
        self.engine.add(Ticket {
            claimant: claimant(search, who, person),
            era: 0,
            pool: self.pool.clone(),
            waiting_since: now,
            wishes: Wishes { blocked, recent, ..person.wishes.clone() },
        });
        self.plan(now.after(mood.patience), Event::TiresOf(search));
    }

    fn tire(&mut self, search: usize, now: Millis) {
        let Search { who, end, .. } = &mut self.lived.searches[search];
        if *end != End::Waiting {
            return;
        }
        *end = End::GaveUp;
        let who = *who;
        self.engine.remove(&claimant(search, who, &self.people[who]));
        self.pasts[who].stands = Stands::Away;
        let mood = self.moods[search];
        if mood.again < AGAIN_IN_VAIN {
            self.plan(now.after(mood.pause * 20), Event::Comes(who));
        }
    }

    fn meet(&mut self, pair: &Pair, now: Millis) {
        self.lived.pairs += 1;
        let both = [&pair.first, &pair.second];
        for broken in broken(both[0], both[1], self.rules, now) {
            self.note_broken(broken);
        }
        let in_common = self.measure.in_common(both[0], both[1]);
        let sides = [(both[0], both[1]), (both[1], both[0])];
        let content = sides.map(|(me, them)| content(&me.wishes, &them.wishes, in_common));
        for ((me, them), content) in sides.into_iter().zip(content) {
            self.enter(me, them, content, now);
        }
        let searches = both.map(search_of);
        let stays = |content: f64, search: usize| {
            (SMALL_TALK + TALK.mul_f64(content)).mul_f64(self.moods[search].stays)
        };
        let lasts = stays(content[0], searches[0]).min(stays(content[1], searches[1])).max(GREETING);
        self.chats.push(Chat { searches, content });
        self.plan(now.after(lasts), Event::Parts(self.chats.len() - 1));
    }

    /// One side of a chat that begins.
    fn enter(&mut self, me: &Ticket, them: &Ticket, content: f64, now: Millis) {
        let (mine, partner) = (search_of(me), search_of(them));
        let search = &mut self.lived.searches[mine];
        let waited = now.since(me.waiting_since);
        let across_bots = me.claimant.ticket.bot != them.claimant.ticket.bot;
        search.end = End::Met { partner, waited, satisfaction: satisfaction(content, waited), across_bots };
        let past = &mut self.pasts[search.who];
        let waits = matches!(past.stands, Stands::Waiting(search) if search == mine);
        past.stands = Stands::Chatting;
        past.recent.push(Met { user: them.claimant.user, at: now });
        if !waits {
            self.note_broken(Broken::NotWaiting);
        }
    }

    fn note_broken(&mut self, broken: Broken) {
        *self.lived.broken.entry(broken).or_default() += 1;
    }

    fn part(&mut self, chat: usize, now: Millis) {
        let Chat { searches, content } = self.chats[chat];
        let who = searches.map(|search| self.lived.searches[search].who);
        for (me, them) in [(0, 1), (1, 0)] {
            let mood = self.moods[searches[me]];
            let past = &mut self.pasts[who[me]];
            past.stands = Stands::Away;
            if mood.blocks < BLOCKS * (1.0 - content[me]) {
                past.blocked.push(user(who[them]));
            }
            if mood.again < AGAIN {
                self.plan(now.after(mood.pause), Event::Comes(who[me]));
            }
        }
    }
}

fn user(who: usize) -> UserId {
    UserId(i64::try_from(who).expect("fewer people than numbers") + 1)
}

/// The update that begins a search has the number of the search.
fn claimant(search: usize, who: usize, person: &Person) -> Claimant {
    let update = UpdateId(i64::try_from(search).expect("fewer searches than numbers"));
    Claimant { user: user(who), ticket: TicketId { bot: person.bot, update }, attempt: 0 }
}

fn search_of(ticket: &Ticket) -> usize {
    usize::try_from(ticket.claimant.ticket.update.0).expect("made of such a number")
}

fn mood(seed: u64, who: usize, number: u32, patience: Duration) -> Mood {
    let mut dice = dice(seed, who, For::Search(number));
    Mood {
        patience: GREETING + patience.mul_f64(lasting(&mut dice)),
        stays: lasting(&mut dice),
        blocks: dice.random(),
        again: dice.random(),
        pause: between(Duration::from_secs(2), Duration::from_secs(20), &mut dice),
    }
}
