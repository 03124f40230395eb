//! The journal writer between live state in memory and a record in SQLite.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hamdam_archive::{Address, Archive, ArchiveError, Counts, Ledger, Settings};
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::fact::{Fact, MessageFact, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, InstanceId, MessageId, RoomId, Shard, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::profile::{Language, Profile};
use hamdam_fleet::journal::{Journal, JournalError, Passed};
use hamdam_fleet::metrics::Metrics;
use hamdam_state::State;
use hamdam_state::memory::MemoryState;
use hamdam_state::step::Holder;

const SHARDS: u16 = 4;
const LEASE: Duration = Duration::from_secs(5);

/// A clock that stands still until a test moves it.
#[derive(Default)]
struct Hand(Mutex<Duration>);

impl Hand {
    fn forward(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for Hand {
    fn unix(&self) -> Millis {
        Millis(1_800_000_000_000).after(*self.0.lock().unwrap())
    }

    fn monotonic(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

/// The record, which may be away, refuse messages of one update, and counts calls.
struct Record {
    archive: Archive,
    away: Mutex<bool>,
    refuses: Option<UpdateId>,
    calls: AtomicUsize,
}

#[async_trait]
impl Ledger for Record {
    async fn write(&self, facts: &[Fact]) -> Result<(), ArchiveError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let (query, source) = ("write_messages", "as the test wishes".into());
        if *self.away.lock().unwrap() {
            return Err(ArchiveError::Unavailable { query, source });
        }
        let refused =
            |fact: &Fact| matches!(fact, Fact::Message(message) if Some(message.update) == self.refuses);
        if facts.iter().any(refused) {
            return Err(ArchiveError::Rejected { query, source });
        }
        self.archive.write(facts).await
    }
}

struct Stage {
    clock: Arc<Hand>,
    state: Arc<MemoryState>,
    record: Arc<Record>,
    metrics: Arc<Metrics>,
    holders: Vec<(Shard, Holder)>,
}

impl Stage {
    async fn new(refuses: Option<UpdateId>) -> Self {
        let clock = Arc::new(Hand::default());
        let state = Arc::new(MemoryState::new(SHARDS, clock.clone()));
        let archive = Archive::open(Settings::new(Address::memory()));
        archive.migrate().await.unwrap();
        let record =
            Arc::new(Record { archive, away: Mutex::new(false), refuses, calls: AtomicUsize::new(0) });
        let metrics = Arc::new(Metrics::new());
        let mut made = Self { clock, state, record, metrics, holders: Vec::new() };
        made.holders = made.lead("first").await;
        made
    }

    /// Takes every shard's lease.
    async fn lead(&self, instance: &str) -> Vec<(Shard, Holder)> {
        let owner = InstanceId(instance.to_owned());
        let mut holders = Vec::new();
        for shard in (0..SHARDS).map(Shard) {
            let epoch = self.state.lease(shard, &owner, LEASE).await.unwrap().unwrap();
            holders.push((shard, Holder { owner: owner.clone(), epoch }));
        }
        holders
    }

    fn journal(&self) -> Journal {
        Journal::new(self.state.clone(), self.record.clone(), self.metrics.clone())
    }

    /// Lays a fact into a shard's journal, with a user who is new there.
    async fn note(&self, shard: u16, fact: Fact) {
        let mut users = (1_000..).map(UserId).filter(|user| Shard::of(*user, SHARDS) == Shard(shard));
        let user = self.state.inspect(|world| users.find(|user| !world.users.contains_key(user))).unwrap();
        let profile = Profile::new(Language::En, BotId(7));
        self.state.enroll(user, &profile, &[], &[fact]).await.unwrap();
    }

    /// Makes every message in a shard's journal a fact of a release to come.
    fn make_unreadable(&self, shard: u16) {
        self.state.tamper(|world| {
            for body in world.shards[usize::from(shard)].journal.values_mut() {
                *body = body.replace(r#""fact":"message""#, r#""fact":"massage""#);
            }
        });
    }

    fn waiting(&self) -> usize {
        self.state.inspect(|world| world.shards.iter().map(|shard| shard.journal.len()).sum())
    }

    async fn counts(&self) -> Counts {
        self.record.archive.counts().await.unwrap()
    }

    fn calls(&self) -> usize {
        self.record.calls.swap(0, Ordering::Relaxed)
    }

    fn dead(&self) -> u64 {
        self.metrics.dead_letters.with_label_values(&["journal"]).get()
    }
}

fn room(number: i64) -> RoomFact {
    RoomFact::new(RoomId(number << 22), UserId(1), UserId(2))
}

fn message(update: i64) -> Fact {
    Fact::Message(MessageFact {
        room: room(1).room,
        sequence: 1,
        sender: UserId(1),
        bot: BotId(7),
        update: UpdateId(update),
        kind: MessageKind::Text,
        sender_message: MessageId(update),
        partner_message: Some(MessageId(update)),
        at: Millis(update),
    })
}

fn profile(user: i64) -> Fact {
    let profile = Profile::new(Language::En, BotId(7));
    Fact::Profile { user: UserId(user), profile, version: Millis(1) }
}

fn closed(room: RoomFact) -> Fact {
    Fact::RoomClosed { room, ended_at: Millis(9), end: RoomEnd::Left, ended_by: None }
}

fn written(facts: usize) -> Passed {
    Passed { written: facts, ..Passed::default() }
}

#[tokio::test]
async fn facts_of_all_shards_are_written_together_and_dropped() {
    let stage = Stage::new(None).await;
    stage.note(0, closed(room(1))).await;
    stage.note(1, Fact::RoomOpened(room(1))).await;
    stage.note(1, message(5)).await;
    stage.note(2, message(6)).await;
    stage.note(3, profile(1)).await;
    let mut journal = stage.journal();
    assert_eq!(journal.pass(&stage.holders).await.unwrap(), written(5));
    assert_eq!(stage.calls(), 1, "one call however many shards");
    assert_eq!(stage.waiting(), 0);
    assert_eq!(stage.counts().await, Counts { users: 1, rooms: 1, active_rooms: 0, messages: 2 });
    assert_eq!(journal.pass(&stage.holders).await.unwrap(), written(0));
    assert_eq!(stage.calls(), 0, "no statement for nothing");
}

#[tokio::test]
async fn facts_wait_while_the_database_is_away_and_are_there_once_afterwards() {
    let stage = Stage::new(None).await;
    let mut journal = stage.journal();
    *stage.record.away.lock().unwrap() = true;
    for update in 1..=3 {
        stage.note(0, message(update)).await;
        let error = journal.pass(&stage.holders).await.unwrap_err();
        assert!(matches!(error, JournalError::Archive(ArchiveError::Unavailable { .. })), "{error:?}");
    }
    assert_eq!(stage.waiting(), 3);
    *stage.record.away.lock().unwrap() = false;
    assert_eq!(journal.pass(&stage.holders).await.unwrap(), written(3));
    assert_eq!((stage.waiting(), stage.counts().await.messages), (0, 3));
}

#[tokio::test]
async fn more_than_a_page_is_said_and_comes_with_the_next_passes() {
    let stage = Stage::new(None).await;
    for update in 0..2_500 {
        stage.note(0, message(update)).await;
    }
    let mut journal = stage.journal();
    for (facts, more) in [(1_000, true), (1_000, true), (500, false)] {
        assert_eq!(journal.pass(&stage.holders).await.unwrap(), Passed { more, ..written(facts) });
    }
    assert_eq!((stage.waiting(), stage.counts().await.messages), (0, 2_500));
}

#[tokio::test]
async fn unreadable_facts_are_kept_aside_and_hold_nothing_up() {
    let stage = Stage::new(None).await;
    // More than a page of them, of a release to come.
    for _ in 0..1_200 {
        stage.note(0, message(1)).await;
    }
    stage.make_unreadable(0);
    stage.note(0, message(5)).await;
    let mut journal = stage.journal();
    assert_eq!(
        journal.pass(&stage.holders).await.unwrap(),
        Passed { aside: 1_000, more: true, ..Passed::default() }
    );
    assert_eq!(journal.pass(&stage.holders).await.unwrap(), Passed { aside: 200, ..written(1) });
    stage.note(0, message(6)).await;
    // They are met again and again, and counted once.
    let mut facts = 0;
    for _ in 0..4 {
        let passed = journal.pass(&stage.holders).await.unwrap();
        assert_eq!(passed.aside, 0);
        facts += passed.written;
    }
    assert_eq!((facts, stage.counts().await.messages), (1, 2));
    assert_eq!(stage.waiting(), 1_200, "they wait for whoever can read them");
    assert_eq!(stage.dead(), 1_200);
}

#[tokio::test]
async fn a_fact_the_database_refuses_does_not_take_others_with_it() {
    let stage = Stage::new(Some(UpdateId(6))).await;
    for (shard, update) in [(0, 5), (0, 6), (0, 7), (1, 8)] {
        stage.note(shard, message(update)).await;
    }
    let mut journal = stage.journal();
    assert_eq!(journal.pass(&stage.holders).await.unwrap(), Passed { aside: 1, ..written(3) });
    assert_eq!((stage.waiting(), stage.counts().await.messages, stage.dead()), (1, 3, 1));
    // From then on batches are whole again.
    stage.calls();
    stage.note(0, message(9)).await;
    stage.note(1, message(10)).await;
    assert_eq!(journal.pass(&stage.holders).await.unwrap(), written(2));
    assert_eq!(stage.calls(), 1);
}

#[tokio::test]
async fn who_lost_the_lease_drops_nothing_and_the_next_owner_writes_it_again() {
    let stage = Stage::new(None).await;
    stage.note(2, message(5)).await;
    let mut old = stage.journal();
    stage.clock.forward(LEASE + Duration::from_millis(1));
    let holders = stage.lead("second").await;
    let passed = old.pass(&stage.holders).await.unwrap();
    assert_eq!(passed, Passed { lost: (0..SHARDS).map(Shard).collect(), ..Passed::default() });
    assert_eq!(stage.waiting(), 1);
    // The old owner had written it and died before it could drop it.
    stage.record.archive.write(&[message(5)]).await.unwrap();
    assert_eq!(stage.journal().pass(&holders).await.unwrap(), written(1));
    assert_eq!((stage.waiting(), stage.counts().await.messages), (0, 1));
}
