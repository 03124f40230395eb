//! A stage for one shard: live state in memory, a clock that stands still, instances that can crash or lag, and a
//! Telegram whose calls can be executed, answered or lost. Whatever goes out is judged here.

mod instance;
mod surroundings;
mod telegram;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::FutureExt;
use hamdam_bot::Voice;
use hamdam_domain::clock::Clock;
use hamdam_domain::id::{BotId, MessageId, RoomId, Shard, UserId};
use hamdam_domain::outbox::{Content, Entry, EntryId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_state::State;
use hamdam_state::memory::MemoryState;
use hamdam_state::step::sending::Ring;
use hamdam_telegram::method::ChatAction;
use hamdam_telegram::{CallError, Executed};
use tokio::sync::broadcast;

pub(super) use self::instance::Fate;
use self::instance::Instance;
use self::surroundings::{Door, Nothing, StillClock};
pub(super) use self::telegram::Treat;
use self::telegram::{Flying, longest};
use super::entries::copy;
use crate::metrics::Metrics;
use crate::run::{BotRate, ChatRate};
use crate::sender::{Chat, Limits, Tools};

pub(super) const BOT: BotId = BotId(7);
pub(super) const OTHER_BOT: BotId = BotId(8);
pub(super) const SHARD: Shard = Shard(0);
/// Long enough for whatever may go out at once.
pub(super) const MOMENT: Duration = Duration::from_millis(200);
pub(super) const LIMITS: Limits = Limits {
    lease: Duration::from_millis(4_500),
    longest_call: Duration::from_secs(6),
    longest_transfer: Duration::from_secs(10),
    start_limit: Duration::from_secs(1),
    poll: Duration::from_secs(1),
    turn_gap: Duration::from_millis(20),
    ack_linger: Duration::from_millis(30),
    chat_rate: ChatRate { per_second: 1.0, burst: 5 },
};

pub(super) struct Stage {
    pub clock: Arc<StillClock>,
    pub state: Arc<MemoryState>,
    rings: broadcast::Receiver<Ring>,
    pub door: Arc<Door>,
    pub metrics: Arc<Metrics>,
    pub rate: BotRate,
    pub instances: [Option<Instance>; 2],
    pub flying: Vec<Flying>,
    /// What Telegram did, in order.
    pub log: Vec<(Chat, EntryId, Entry)>,
    /// Entries that were given up for a reason of their own.
    pub given_up: BTreeSet<EntryId>,
    pub appended: Vec<(Chat, EntryId, Entry)>,
    last: HashMap<Chat, EntryId>,
    executed: BTreeSet<EntryId>,
    ended: BTreeSet<(Chat, RoomId)>,
    /// Ids Telegram gave to copies, by the writer's id; and those whose answer reached a living instance.
    copies: BTreeMap<(Chat, MessageId), Vec<MessageId>>,
    next_id: i64,
    pub duplicates: u64,
    /// What chats were shown to be on its way.
    pub shown: Vec<(Chat, ChatAction)>,
    /// Turns taken by anybody.
    pub turns: u64,
    starts: u32,
}

/// One instance has the lease, and nothing limits the bot.
pub(super) fn stage() -> Stage {
    let mut stage = Stage::new(BotRate::Unlimited);
    assert!(stage.acquire(0));
    stage
}

impl Stage {
    pub(super) fn new(rate: BotRate) -> Self {
        let clock = Arc::new(StillClock(AtomicU64::new(1_000_000)));
        let state = Arc::new(MemoryState::new(1, clock.clone()));
        Self {
            rings: state.rings(),
            state,
            clock,
            door: Arc::default(),
            metrics: Arc::new(Metrics::new()),
            rate,
            instances: [None, None],
            flying: Vec::new(),
            log: Vec::new(),
            given_up: BTreeSet::new(),
            appended: Vec::new(),
            last: HashMap::new(),
            executed: BTreeSet::new(),
            ended: BTreeSet::new(),
            copies: BTreeMap::new(),
            next_id: 5_000,
            duplicates: 0,
            shown: Vec::new(),
            turns: 0,
            starts: 0,
        }
    }

    pub(super) fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    pub(super) fn tools(&self) -> Tools {
        Tools {
            state: self.state.clone(),
            api: self.door.clone(),
            voice: Arc::new(Voice::default()),
            dossiers: Arc::new(Nothing),
            clock: self.clock.clone(),
        }
    }

    /// Steps on memory without a gate are done at once.
    fn at_once<T>(future: impl Future<Output = T>) -> T {
        future.now_or_never().expect("steps in memory do not wait")
    }

    pub(super) fn append(&mut self, user: i64, entry: Entry) -> EntryId {
        let user = UserId(user);
        let profile = Profile::new(Language::En, BOT);
        Self::at_once(self.state.enroll(user, &profile, &[], &[])).unwrap();
        let once = format!("{}", self.appended.len());
        Self::at_once(self.state.tell(user, &entry, &once)).unwrap();
        let id = self.state.inspect(|world| world.shard(SHARD).last_entry);
        self.appended.push((Chat { user, bot: BOT }, id, entry));
        id
    }

    pub(super) fn message(&mut self, user: i64, room: i64, message: i64) -> EntryId {
        self.append(user, copy(room, message, None))
    }

    /// Time passes. No request outlives the longest call: it is given up then, and its outcome is unknown.
    pub(super) fn pass(&mut self, time: Duration) {
        let until = self.now() + time;
        while let Some(over) = self.flying.iter().position(|call| call.written + longest(call) <= until) {
            let at = self.flying[over].written + longest(&self.flying[over]);
            let at = u64::try_from(at.as_millis()).unwrap();
            self.clock.0.fetch_max(at, Ordering::Relaxed);
            if self.flying[over].answer.is_none() {
                let (executed, reason) = (Executed::Perhaps, String::new());
                self.flying[over].answer =
                    Some(Err(CallError::Retry { method: "call", executed, reason, source: None }));
            }
            self.answer(over);
        }
        self.clock.0.fetch_max(u64::try_from(until.as_millis()).unwrap(), Ordering::Relaxed);
    }

    /// One instance pumps and writes, again and again, every 5 ms, and is not answered.
    pub(super) fn begin(&mut self, index: usize, time: Duration) {
        let until = self.now() + time;
        while self.now() < until {
            self.pump(index, Fate::Once);
            self.write(index);
            self.pass(Duration::from_millis(5));
        }
    }

    /// One instance pumps, writes and is answered, again and again, every 5 ms.
    pub(super) fn run(&mut self, index: usize, time: Duration) {
        self.run_by(index, time, Duration::from_millis(5));
    }

    /// The same at another pace.
    pub(super) fn run_by(&mut self, index: usize, time: Duration, step: Duration) {
        let until = self.now() + time;
        while self.now() < until {
            self.pump(index, Fate::Once);
            self.write(index);
            self.deliver();
            self.pass(step);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.state.inspect(|world| world.shard(SHARD).outbox.is_empty())
    }

    /// What went from a user's chat.
    pub(super) fn removed(&self, user: i64) -> Vec<i64> {
        let of = self.log.iter().filter(|(chat, ..)| chat.user == UserId(user));
        of.flat_map(|(_, _, entry)| match &entry.content {
            Content::Remove { messages } => messages.iter().map(|message| message.0).collect(),
            _ => Vec::new(),
        })
        .collect()
    }

    /// The message ids, in the writer's chat, that reached a user, and 0 for what is no copy.
    pub(super) fn seen(&self, user: i64) -> Vec<i64> {
        let of = self.log.iter().filter(|(chat, ..)| chat.user == UserId(user));
        of.map(|(_, _, entry)| entry.content.message().map_or(0, |copy| copy.message.0)).collect()
    }
}
