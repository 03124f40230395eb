//! Who has themselves forgotten is nowhere any more, wherever the handling of their update or the journal died.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hamdam_archive::{
    Address, Archive, Directory, Dossier, Dossiers, Forgetting, Settings as Database, Traces,
};
use hamdam_bot::safety::Moderators;
use hamdam_bot::{Outcome, Settings};
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::fact::{Fact, RoomFact};
use hamdam_domain::id::{
    BotId, Epoch, InstanceId, MessageId, PoolId, RoomId, RoomIds, Shard, TicketId, UpdateId, UserId,
};
use hamdam_domain::outbox::{Content, Entry, EntryId, Notice};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::pseudonym::Pseudonyms;
use hamdam_domain::safety::{CaseId, FOR_EVER};
use hamdam_domain::session::Session;
use hamdam_domain::ticket::Claimant;
use hamdam_fleet::bots::Bots;
use hamdam_fleet::erasure::Erasure;
use hamdam_fleet::intake::Intake;
use hamdam_fleet::journal::Journal;
use hamdam_fleet::metrics::Metrics;
use hamdam_state::State;
use hamdam_state::memory::{Gate, MemoryState, Pass};
use hamdam_state::step::Holder;
use hamdam_state::step::bot::DeadLetter;
use hamdam_state::step::matching::{Seat, Seated};
use hamdam_state::step::sending::{Ack, IdPair, Keep, Queued, Turn};
use hamdam_telegram::Update;
use serde_json::{Value, json};

const SHARDS: u16 = 4;
const BOT: BotId = BotId(100);
const ANN: UserId = UserId(7_310_000_011);
const BEN: UserId = UserId(7_310_000_012);
const CYD: UserId = UserId(7_310_000_010);
const ADMIN: UserId = UserId(31);
const LONG: Duration = Duration::from_hours(24);
const BEGIN: Millis = Millis(1_800_000_000_000);

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
        BEGIN.after(*self.0.lock().unwrap())
    }

    fn monotonic(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

/// Lets one step of many go wrong.
#[derive(Default)]
struct Warden {
    steps: AtomicUsize,
    trouble: Mutex<Option<(usize, Pass)>>,
}

#[async_trait]
impl Gate for Warden {
    async fn enter(&self, _: &'static str) -> Pass {
        let step = self.steps.fetch_add(1, Ordering::Relaxed);
        match *self.trouble.lock().unwrap() {
            Some((wrong, pass)) if wrong == step => pass,
            _ => Pass::Once,
        }
    }

    fn leave(&self, _: &'static str, _: &dyn std::fmt::Debug) {}
}

struct Stage {
    clock: Arc<Hand>,
    warden: Arc<Warden>,
    state: Arc<MemoryState>,
    archive: Arc<Archive>,
    intake: Intake,
    metrics: Arc<Metrics>,
}

fn pseudonyms() -> Pseudonyms {
    Pseudonyms::new(*b"a key of the tests")
}

fn pool() -> PoolId {
    Settings::default().pools.choose(&hamdam_domain::wish::Place::default()).clone()
}

fn ticket(update: i64) -> TicketId {
    TicketId { bot: BOT, update: UpdateId(update) }
}

fn seat(room: RoomId, me: UserId, update: i64, partner: UserId, partner_update: i64) -> Seat {
    Seat {
        room,
        me: Claimant { user: me, ticket: ticket(update), attempt: 0 },
        partner,
        partner_ticket: ticket(partner_update),
        partner_era: 0,
    }
}

fn text(user: UserId, id: i64, text: &str) -> Value {
    json!({"message": {
        "message_id": id, "date": 1, "chat": {"id": user.0, "type": "private"}, "text": text,
        "from": {"id": user.0, "is_bot": false, "first_name": "x", "language_code": "en"},
    }})
}

fn press(user: UserId, data: &str) -> Value {
    json!({"callback_query": {
        "id": "q", "from": {"id": user.0, "language_code": "en"}, "data": data,
        "message": {"message_id": 2, "date": 0, "chat": {"id": user.0, "type": "private"}},
    }})
}

impl Stage {
    async fn new() -> Self {
        let (clock, warden) = (Arc::new(Hand::default()), Arc::new(Warden::default()));
        let gate = Arc::<Warden>::clone(&warden);
        let state = Arc::new(MemoryState::builder(SHARDS, clock.clone()).gate(gate).build());
        let database = Database { pseudonyms: pseudonyms(), ..Database::new(Address::memory()) };
        let archive = Arc::new(Archive::open(database));
        archive.migrate().await.unwrap();
        let moderators = Moderators { group: None, admins: vec![ADMIN] };
        let settings = Settings { moderators, pseudonyms: pseudonyms(), ..Settings::default() };
        let metrics = Arc::new(Metrics::new());
        let bots = Arc::new(Bots::new([(BOT, 0)]));
        let intake = Intake::new(state.clone(), archive.clone(), bots, settings, metrics.clone());
        Self { clock, warden, state, archive, intake, metrics }
    }

    async fn tries(&self, id: i64, event: &Value) -> Option<Outcome> {
        let mut update = event.clone();
        update["update_id"] = json!(id);
        let update = Update::from_json(update.to_string().as_bytes()).unwrap();
        self.intake.handle(BOT, &update).await.ok()
    }

    async fn does(&self, id: i64, event: &Value) -> Outcome {
        self.tries(id, event).await.unwrap()
    }

    /// Every shard's lease, if live state answers.
    async fn shards(&self) -> Option<Vec<(Shard, Holder)>> {
        let owner = InstanceId("one".into());
        let mut shards = Vec::new();
        for shard in (0..SHARDS).map(Shard) {
            let epoch = self.state.lease(shard, &owner, LONG).await.ok()?.unwrap();
            shards.push((shard, Holder { owner: owner.clone(), epoch }));
        }
        Some(shards)
    }

    /// Everything that waits in the outboxes is sent.
    async fn sends(&self) {
        for (shard, holder) in self.shards().await.unwrap() {
            let turn = Turn {
                shard,
                holder,
                ttl: LONG,
                acks: Vec::new(),
                claims: Vec::new(),
                after: EntryId::default(),
                limit: 1_000,
                permits: Vec::new(),
                deferred: Vec::new(),
                sleep: false,
            };
            let queued = self.state.turn(&turn).await.unwrap().held().unwrap().entries;
            let acks = queued.iter().map(ack).collect();
            self.state.turn(&Turn { acks, ..turn }).await.unwrap().held().unwrap();
        }
    }

    /// A journal like that of an instance that just took over. Answers whether its pass came to an end.
    async fn writes(&self) -> bool {
        let bots = Arc::new(Bots::new([(BOT, 0)]));
        let erasure =
            Erasure::new(self.state.clone(), self.archive.clone(), pseudonyms(), bots, vec![pool()]);
        let journal = Journal::new(self.state.clone(), self.archive.clone(), self.metrics.clone());
        let Some(shards) = self.shards().await else { return false };
        journal.forgetting(erasure).pass(&shards).await.is_ok()
    }

    /// Two who search meet in a room.
    async fn meet(&self, room: RoomId, one: (UserId, i64), other: (UserId, i64)) {
        for (user, update) in [one, other] {
            self.does(update, &text(user, update, "/search")).await;
            self.state.remove_ticket(&pool(), user, ticket(update)).await.unwrap();
        }
        let found = Notice::Found { room }.entry();
        let seated = self.state.hold(&seat(room, one.0, one.1, other.0, other.1)).await.unwrap();
        assert_eq!(seated, Seated::Done);
        let opened = Fact::RoomOpened(RoomFact::new(room, one.0, other.0));
        let other_seat = seat(room, other.0, other.1, one.0, one.1);
        assert_eq!(self.state.attach(&other_seat, &found, &opened).await.unwrap(), Seated::Done);
        assert_eq!(self.state.open(one.0, room, &found).await.unwrap(), Seated::Done);
        self.sends().await;
    }

    /// Ann has met Cyd, who searches again; Ben blocked and reported her; and somebody banned her for the rest.
    async fn crowded() -> Self {
        let stage = Self::new().await;
        let mut rooms = RoomIds::new(0, Epoch(1));
        let (first, second) = (rooms.next(BEGIN), rooms.next(BEGIN));
        stage.does(1, &text(ANN, 1, "/start c_spring")).await;
        stage.meet(first, (ANN, 10), (CYD, 20)).await;
        stage.does(21, &text(CYD, 921, "/next")).await;
        stage.meet(second, (ANN, 30), (BEN, 40)).await;
        stage.does(31, &text(ANN, 931, "hello")).await;
        stage.does(41, &text(BEN, 941, "hi")).await;
        stage.sends().await;
        stage.does(42, &press(BEN, &format!("report:{second}:0:insult"))).await;
        stage.does(43, &text(BEN, 943, "/block")).await;
        stage.does(32, &press(ANN, "set:lang:es")).await;
        stage.sends().await;
        assert!(stage.writes().await);
        let body = text(ANN, 1, "rubbish").to_string().into_bytes();
        stage.state.bury(BOT, &DeadLetter { body, reason: "as the test wishes".into() }).await.unwrap();
        stage.state.tamper(|world| {
            world.users.get_mut(&ANN).unwrap().profile.banned_until = Some(FOR_EVER);
        });
        stage
    }

    /// What of live state names Ann.
    fn names_ann(&self) -> Vec<String> {
        let world = self.state.inspect(|world| {
            let letters = world.bots.values().flat_map(|bot| &bot.letters);
            let bodies = letters.map(|(_, letter)| String::from_utf8_lossy(&letter.body).into_owned());
            format!("{world:#?}\n{}", bodies.collect::<Vec<_>>().join("\n"))
        });
        let named = |line: &&str| line.contains(&ANN.0.to_string());
        world.lines().filter(named).map(str::to_owned).collect()
    }

    /// Time passes for what is forgotten in minutes, and a leader looks on.
    async fn waits(&self) {
        self.clock.forward(Duration::from_mins(3));
        let end = self.state.feed_end(&pool()).await.unwrap();
        self.state.changes(&pool(), end, 10, true).await.unwrap();
    }

    async fn is_clean(&self) {
        self.waits().await;
        assert_eq!(self.names_ann(), Vec::<String>::new());
        assert_eq!(self.archive.dossier(ANN).await.unwrap(), Dossier::default());
        assert_eq!(self.archive.traces(ANN, self.clock.unix()).await.unwrap(), Traces::default());
        let left = self.archive.user(ANN).await.unwrap().unwrap();
        assert!(left.forgotten);
        assert_eq!((left.profile.banned_until, left.blocked.as_slice()), (Some(FOR_EVER), &[BEN][..]));
    }
}

fn ack(queued: &Queued) -> Ack {
    let entry = Entry::from_json(&queued.body).unwrap();
    let keep = match (&entry.content, entry.room) {
        (Content::Copy(copy), Some(room)) => {
            let here = MessageId(i64::try_from(queued.id.sequence).unwrap() + 5_000);
            Some(Keep::Ids(IdPair { room, here, there: copy.message }))
        }
        (Content::Notice(Notice::Found { .. }), _) => Some(Keep::Announcement(MessageId(3))),
        _ => None,
    };
    Ack { entry: queued.id, user: queued.user, bot: queued.bot, keep, facts: Vec::new() }
}

fn forget() -> Value {
    press(ANN, &format!("forget:{}", BEGIN.0))
}

#[tokio::test]
async fn whoever_has_themselves_forgotten_is_nowhere_any_more() {
    let stage = Stage::crowded().await;
    assert!(stage.names_ann().len() > 10, "there is much to forget: {:#?}", stage.names_ann());
    let pseudonym = pseudonyms().of(ANN);
    assert_eq!(stage.does(50, &forget()).await, Outcome::Moved);
    assert_eq!(stage.does(50, &forget()).await, Outcome::Duplicate);
    assert_eq!(stage.does(51, &forget()).await, Outcome::Noted, "a second tap brings nobody back");
    assert_eq!(
        stage
            .does(
                52,
                &json!({"my_chat_member": {
                    "chat": {"id": ANN.0, "type": "private"}, "from": {"id": ANN.0}, "date": 1,
                    "new_chat_member": {"status": "kicked"},
                }})
            )
            .await,
        Outcome::Noted,
        "nor does leaving the bot"
    );
    stage.sends().await;
    assert!(stage.writes().await);
    stage.sends().await;
    stage.is_clean().await;

    let (ben, cyd) = stage.state.inspect(|world| (world.users[&BEN].clone(), world.users[&CYD].clone()));
    assert_eq!((ben.blocked.as_slice(), ben.last_room.unwrap().partner), (&[pseudonym][..], pseudonym));
    let Session::Waiting(stub) = cyd.session else { panic!("{:?}", cyd.session) };
    assert_eq!(stub.attempt, 1, "a search that named them goes on by another ticket");
    let tickets = stage.state.stock(&pool(), 0, 9).await.unwrap().tickets;
    assert!(tickets.iter().any(|ticket| ticket.claimant.user == CYD && ticket.claimant.attempt == 1));
    let case = stage.state.case(CaseId::of(BOT, UpdateId(42))).await.unwrap().unwrap();
    assert_eq!((case.reporter, case.reported), (BEN, pseudonym));

    // Old buttons and leaving make nobody known; a word does, and a ban is found.
    assert_eq!(stage.does(53, &forget()).await, Outcome::Noted);
    assert!(stage.state.read(ANN).await.unwrap().record.is_none());
    stage.does(60, &text(ANN, 960, "/start")).await;
    let record = stage.state.read(ANN).await.unwrap().record.unwrap();
    assert_eq!((record.profile.banned_until, record.blocked.as_slice()), (Some(FOR_EVER), &[BEN][..]));
    assert!(record.new_since.is_some() && record.last_room.is_none());
}

#[tokio::test]
async fn a_crash_at_any_step_leaves_it_to_be_finished() {
    let calm = Stage::crowded().await;
    let before = calm.warden.steps.load(Ordering::Relaxed);
    calm.does(50, &forget()).await;
    assert!(calm.writes().await);
    let steps = calm.warden.steps.load(Ordering::Relaxed) - before;
    assert!(steps > 20, "{steps}");
    for step in 0..steps {
        for pass in [Pass::Unsent, Pass::Unheard, Pass::Twice] {
            let stage = Stage::crowded().await;
            let begun = stage.warden.steps.load(Ordering::Relaxed);
            *stage.warden.trouble.lock().unwrap() = Some((begun + step, pass));
            let mut tries = 0;
            while stage.tries(50, &forget()).await.is_none() {
                tries += 1;
                assert!(tries < 3, "step {step} {pass:?}");
            }
            let mut passes = 0;
            while !stage.writes().await {
                passes += 1;
                assert!(passes < 3, "step {step} {pass:?}");
            }
            stage.sends().await;
            stage.is_clean().await;
        }
    }
}

#[tokio::test]
async fn facts_of_others_that_come_later_bring_nothing_back() {
    let stage = Stage::crowded().await;
    // Ben's shard tells of the end of their room only when she is long forgotten.
    let (old, report) = (BEGIN, stage.state.case(CaseId::of(BOT, UpdateId(42))).await.unwrap().unwrap());
    assert_eq!(stage.does(50, &forget()).await, Outcome::Moved);
    stage.sends().await;
    assert!(stage.writes().await);
    let late = [
        Fact::RoomOpened(RoomFact::new(report.room, ANN, BEN)),
        Fact::Block { blocker: BEN, blocked: ANN, version: old },
        Fact::Report { report: report.clone(), evidence: None },
    ];
    let profile = Profile::new(Language::En, BOT);
    stage.state.enroll(ADMIN, &profile, &[], &late).await.unwrap();
    stage.state.tamper(|world| world.cases.get_mut(&report.case()).unwrap().report = report.clone());
    assert!(stage.writes().await);
    stage.is_clean().await;
}
