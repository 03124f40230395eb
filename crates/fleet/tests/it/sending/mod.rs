//! Instances over live state in memory and a Telegram of the test's own. Time is paused: it moves when everybody
//! waits, so a test of minutes takes moments and comes out the same every time.

mod hand_over;
mod outages;
mod people;
mod wishes;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hamdam_archive::Ledger;
use hamdam_bot::Voice;
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::engine::{Matcher, Rules};
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, InstanceId, MessageId, RoomId, Shard, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Copy, Entry};
use hamdam_domain::pools::Pools;
use hamdam_domain::profile::{Language, Profile};
use hamdam_fleet::calls::BotApi;
use hamdam_fleet::metrics::Metrics;
use hamdam_fleet::run::{BotRate, ChatRate, Deps, Fleet, Roles, Settings, Timing};
use hamdam_state::State;
use hamdam_state::memory::{Gate, MemoryState, Pass};
use hamdam_telegram::{Call, CallError, Executed, Sent};
use tokio::time::Instant;

const BOT: BotId = BotId(7);
const SHARDS: u16 = 16;

/// Follows the runtime's time, which tests pause.
struct PausedClock(Instant);

impl Clock for PausedClock {
    fn unix(&self) -> Millis {
        Millis(1_800_000_000_000).after(self.0.elapsed())
    }
    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// What Telegram did, by chat: the writer's message id of a copy, or the text of a notice's method.
#[derive(Default)]
struct Telegram {
    seen: Mutex<BTreeMap<i64, Vec<i64>>>,
    texts: Mutex<Vec<(i64, String)>>,
    /// Calls into these chats are carried out and never answered.
    silent: Mutex<HashSet<i64>>,
    /// Calls into these chats fail for a while with 500.
    failing: Mutex<HashMap<i64, u32>>,
    next_id: Mutex<i64>,
}

#[async_trait]
impl BotApi for Telegram {
    async fn call(&self, _: BotId, call: &Call) -> Result<Sent, CallError> {
        tokio::time::sleep(Duration::from_millis(15)).await;
        let chat = call.chat().unwrap_or_default();
        if let Some(left) = self.failing.lock().unwrap().get_mut(&chat).filter(|left| **left > 0) {
            *left -= 1;
            let (method, executed) = (call.method(), Executed::Perhaps);
            return Err(CallError::Retry { method, executed, reason: "500".into(), source: None });
        }
        match call {
            Call::CopyMessage(copy) => {
                self.seen.lock().unwrap().entry(chat).or_default().push(copy.message_id);
            }
            Call::SendMessage(message) => {
                self.texts.lock().unwrap().push((chat, message.text.clone()));
            }
            // News of a search that lasts.
            Call::EditMessageText(edit) => {
                self.texts.lock().unwrap().push((chat, edit.text.clone()));
            }
            other => panic!("{} was not expected", other.method()),
        }
        if self.silent.lock().unwrap().contains(&chat) {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_millis(15)).await;
        let mut id = self.next_id.lock().unwrap();
        *id += 1;
        Ok(Sent { message_id: Some(*id), others: Vec::new() })
    }
}

impl Telegram {
    fn seen(&self, user: i64) -> Vec<i64> {
        self.seen.lock().unwrap().get(&user).cloned().unwrap_or_default()
    }
    fn count(&self) -> usize {
        self.seen.lock().unwrap().values().map(Vec::len).sum()
    }
}

/// A database that keeps what it is given.
#[derive(Default)]
struct Facts(Mutex<Vec<Fact>>);

#[async_trait]
impl Ledger for Facts {
    async fn write(&self, facts: &[Fact]) -> hamdam_archive::Result<()> {
        self.0.lock().unwrap().extend_from_slice(facts);
        Ok(())
    }
}

/// Lets steps through, or not.
#[derive(Default)]
struct Switch(Mutex<bool>);

#[async_trait]
impl Gate for Switch {
    async fn enter(&self, _: &'static str) -> Pass {
        if *self.0.lock().unwrap() { Pass::Unsent } else { Pass::Once }
    }
    fn leave(&self, _: &'static str, _: &dyn std::fmt::Debug) {}
}

/// A town with one live state and one Telegram, and as many instances as a test starts.
struct Town {
    clock: Arc<PausedClock>,
    state: Arc<MemoryState>,
    away: Arc<Switch>,
    telegram: Arc<Telegram>,
    facts: Arc<Facts>,
    metrics: Arc<Metrics>,
}

impl Town {
    fn new() -> Self {
        let clock = Arc::new(PausedClock(Instant::now()));
        let away = Arc::new(Switch::default());
        let state = MemoryState::builder(SHARDS, clock.clone()).gate(away.clone()).build();
        Self {
            clock,
            state: Arc::new(state),
            away,
            telegram: Arc::default(),
            facts: Arc::default(),
            metrics: Arc::new(Metrics::new()),
        }
    }

    /// Every instance counts into the same metrics.
    fn start(&self, name: &str) -> Fleet {
        self.start_with(name, |_| {})
    }

    fn start_with(&self, name: &str, change: impl FnOnce(&mut Settings)) -> Fleet {
        let mut settings = Settings {
            instance: InstanceId(name.into()),
            roles: Roles::ALL,
            address: "127.0.0.1:0".into(),
            version: "test".into(),
            pools: Pools::default(),
            pools_at_once: 3,
            batch_interval: Duration::from_millis(200),
            rules: Rules { batch_size: 100, ..Rules::default() },
            give_up: None,
            bot_rate: BotRate::Unlimited,
            chat_rate: ChatRate { per_second: 100.0, burst: 5 },
            room_idle: Duration::from_hours(24),
            timing: Timing::default(),
        };
        change(&mut settings);
        let deps = Deps {
            state: self.state.clone(),
            api: self.telegram.clone(),
            ledger: self.facts.clone(),
            voice: Arc::new(Voice::default()),
            clock: self.clock.clone(),
            metrics: self.metrics.clone(),
            engine: || Box::new(Matcher::new()),
        };
        Fleet::start(settings, deps)
    }

    async fn message(&self, user: i64, message: i64) {
        let copy = Copy {
            from: UserId(9_000 + user),
            bot: BOT,
            update: UpdateId(message),
            message: MessageId(message),
            kind: MessageKind::Text,
            reply: None,
            album: None,
            protect: false,
            at: self.clock.unix(),
        };
        let entry = Entry { room: Some(RoomId(user)), content: Content::Copy(copy) };
        self.append(user, &entry, &format!("message {message}")).await;
    }

    async fn append(&self, user: i64, entry: &Entry, once: &str) {
        let user = UserId(user);
        let profile = Profile::new(Language::En, BOT);
        self.state.enroll(user, &profile, &[], &[]).await.unwrap();
        self.state.tell(user, entry, once).await.unwrap();
    }

    fn set_away(&self, away: bool) {
        *self.away.0.lock().unwrap() = away;
    }

    /// Waits, two minutes of paused time at most.
    async fn until(&self, what: &str, mut condition: impl FnMut() -> bool) {
        for _ in 0..12_000 {
            if condition() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it never came about that {what}");
    }

    /// Waits until an instance owns so many shards.
    async fn owns(&self, fleet: &Fleet, shards: usize) {
        self.until(&format!("{shards} shards are owned"), || fleet.shards().len() == shards).await;
    }

    /// Shards whose lease is held by anybody.
    fn leased(&self) -> usize {
        let now = self.clock.unix();
        self.state.inspect(|world| {
            let held = |shard: &u16| {
                world.shard(Shard(*shard)).lease.owner.as_ref().is_some_and(|(_, until)| *until > now)
            };
            (0..SHARDS).filter(held).count()
        })
    }

    fn journal_is_empty(&self) -> bool {
        self.state.inspect(|world| (0..SHARDS).all(|shard| world.shard(Shard(shard)).journal.is_empty()))
    }

    fn outbox_is_empty(&self) -> bool {
        self.state.inspect(|world| (0..SHARDS).all(|shard| world.shard(Shard(shard)).outbox.is_empty()))
    }
}
