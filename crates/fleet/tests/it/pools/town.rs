//! People who wait in a pool, without intake: they are put there by the steps themselves.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::engine::{Matcher, Rules};
use hamdam_domain::id::{BotId, InstanceId, PoolId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Queue, UpdateRef};
use hamdam_domain::outbox::Entry;
use hamdam_domain::pools::Pools;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::{Claimant, Ticket, Wishes};
use hamdam_fleet::audit::Audit;
use hamdam_fleet::bots::Bots;
use hamdam_fleet::matchmaker::{Matchmaker, Settings};
use hamdam_state::State;
use hamdam_state::memory::{Gate, MemoryState, Pass, World};
use hamdam_state::step::user::{Act, Acted};

pub(super) const BOT: BotId = BotId(100);
pub(super) const LEASE: Duration = Duration::from_secs(5);

/// A clock that stands until it is moved.
pub(super) struct HandClock(Mutex<Millis>);

impl HandClock {
    pub(super) fn advance(&self, time: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = now.after(time);
    }
}

impl Clock for HandClock {
    fn unix(&self) -> Millis {
        *self.0.lock().unwrap()
    }

    fn monotonic(&self) -> Duration {
        self.unix().since(Millis(0))
    }
}

/// Lets a named step fail in a given way, the next times it comes, and counts how many of a step are under way.
#[derive(Default)]
pub(super) struct Trouble {
    ahead: Mutex<Vec<(&'static str, Pass)>>,
    /// By step: now, and at most.
    under_way: Mutex<BTreeMap<&'static str, (usize, usize)>>,
}

impl Trouble {
    pub(super) fn next(&self, step: &'static str, pass: Pass) {
        self.ahead.lock().unwrap().push((step, pass));
    }

    /// How many of a step were under way beside each other, at most.
    pub(super) fn most(&self, step: &'static str) -> usize {
        self.under_way.lock().unwrap().get(step).map_or(0, |(_, most)| *most)
    }
}

#[async_trait]
impl Gate for Trouble {
    async fn enter(&self, name: &'static str) -> Pass {
        {
            let mut under_way = self.under_way.lock().unwrap();
            let (now, most) = under_way.entry(name).or_default();
            *now += 1;
            *most = (*now).max(*most);
        }
        // Whoever is to go beside it comes in meanwhile.
        tokio::task::yield_now().await;
        self.under_way.lock().unwrap().get_mut(name).unwrap().0 -= 1;
        let mut troubles = self.ahead.lock().unwrap();
        let at = troubles.iter().position(|(step, _)| *step == name);
        at.map_or(Pass::Once, |at| troubles.remove(at).1)
    }

    fn leave(&self, _: &'static str, _: &dyn Debug) {}
}

pub(super) struct Town {
    pub(super) state: Arc<MemoryState>,
    pub(super) clock: Arc<HandClock>,
    pub(super) trouble: Arc<Trouble>,
}

pub(super) fn pool() -> PoolId {
    PoolId("main".into())
}

pub(super) fn user(n: i64) -> UserId {
    UserId(1_000 + n)
}

pub(super) fn ticket_of(n: i64) -> TicketId {
    TicketId { bot: BOT, update: UpdateId(n) }
}

impl Town {
    pub(super) fn new() -> Self {
        let clock = Arc::new(HandClock(Mutex::new(Millis(1_800_000_000_000))));
        let trouble = Arc::new(Trouble::default());
        let state = Arc::new(MemoryState::builder(8, clock.clone()).gate(trouble.clone()).build());
        Self { state, clock, trouble }
    }

    pub(super) fn matchmaker(&self, owner: &str, batch_size: usize) -> Matchmaker {
        let rules = Rules { batch_size, ..Rules::default() };
        self.leader(owner, pool(), Settings { chunk: 2, page: 3, ..Settings::new(rules, LEASE) })
    }

    pub(super) fn leader(&self, owner: &str, pool: PoolId, settings: Settings) -> Matchmaker {
        Matchmaker::new(
            self.state.clone(),
            self.clock.clone(),
            settings,
            pool,
            1,
            InstanceId(owner.into()),
            Box::new(|| Box::new(Matcher::new())),
        )
    }

    /// An audit of a fleet of these pools, whose only bot is [`BOT`].
    pub(super) fn audit_of(&self, pools: Pools, room_idle: Duration) -> Audit {
        Audit::new(self.state.clone(), pools, Arc::new(Bots::new([(BOT, 0)])), room_idle)
    }

    pub(super) fn ticket(&self, n: i64, blocked: &[UserId]) -> Ticket {
        Ticket {
            claimant: Claimant { user: user(n), ticket: ticket_of(n), attempt: 0 },
            era: 0,
            pool: pool(),
            waiting_since: Millis(self.clock.unix().0 - 1_000 + n),
            wishes: Wishes { language: Language::En, blocked: blocked.to_vec(), ..Wishes::default() },
        }
    }

    /// Somebody whose session waits by update `n`, without a ticket.
    pub(super) async fn session_waits(&self, n: i64, blocked: &[UserId]) -> Ticket {
        let ticket = self.ticket(n, blocked);
        self.takes(n, &ticket).await;
        ticket
    }

    /// The session waits by this ticket.
    pub(super) async fn takes(&self, n: i64, ticket: &Ticket) {
        let Wishes { facts, wants, .. } = ticket.wishes;
        let profile = Profile { facts, wants, ..Profile::new(Language::En, BOT) };
        self.state.enroll(user(n), &profile, &ticket.wishes.blocked, &[]).await.unwrap();
        let stub = Stub {
            ticket: ticket.claimant.ticket,
            attempt: 0,
            pool: ticket.pool.clone(),
            waiting_since: ticket.waiting_since,
        };
        self.moves(n, n, Session::Waiting(stub)).await;
    }

    /// Somebody who waits.
    pub(super) async fn waits(&self, n: i64, blocked: &[UserId]) {
        let ticket = self.session_waits(n, blocked).await;
        self.state.add_ticket(&ticket).await.unwrap();
    }

    /// User `n` moves by their own update `id`.
    pub(super) async fn moves(&self, n: i64, id: i64, session: Session) {
        let act = Act {
            user: user(n),
            update: UpdateRef { bot: BOT, era: 0, queue: Queue::Message, id: UpdateId(id) },
            expect: self.state.read(user(n)).await.unwrap().record.unwrap().version,
            session: Some(session),
            begins: true,
            profile: None,
            blocks: None,
            asks: hamdam_domain::panel::Asking::AsBefore,
            asked: None,
            brakes: None,
            joined: None,
            entries: Vec::new(),
            facts: Vec::new(),
            grows: false,
        };
        assert_eq!(self.state.act(&act).await.unwrap(), Acted::Done);
    }

    pub(super) fn session(&self, n: i64) -> Session {
        self.state.inspect(|world| world.users[&user(n)].session.clone())
    }

    /// The room both are in, if it is one.
    pub(super) fn room_of(&self, a: i64, b: i64) -> Option<RoomId> {
        let side = |me: i64, other: i64| match self.session(me) {
            Session::Chatting { room, partner, .. } if partner == user(other) => Some(room),
            _ => None,
        };
        side(a, b).filter(|room| side(b, a) == Some(*room))
    }

    pub(super) fn pool_is(&self, look: impl Fn(&hamdam_state::memory::Pool) -> bool) -> bool {
        self.state.inspect(|world: &World| look(&world.pools[&pool()]))
    }

    /// What was queued for a user.
    pub(super) fn chat(&self, n: i64) -> Vec<Entry> {
        self.state.inspect(|world| {
            let shard = world.shard(world.shard_of(user(n)));
            let mine = shard.outbox.values().filter(|stored| stored.user == user(n));
            mine.map(|stored| Entry::from_json(&stored.body).unwrap()).collect()
        })
    }
}
