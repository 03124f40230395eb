//! An intake over live state in memory, with a gate that can fail any step.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use hamdam_archive::PastRoom;
use hamdam_bot::{Outcome, Settings};
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::fact::{Fact, RoomFact};
use hamdam_domain::id::{BotId, MessageId, PoolId, RoomId, Shard, TicketId, UpdateId, UserId};
use hamdam_domain::outbox::{Content, Entry, Notice};
use hamdam_domain::session::Session;
use hamdam_domain::ticket::{Claimant, Ticket};
use hamdam_fleet::bots::Bots;
use hamdam_fleet::intake::{Intake, IntakeError, Profiles, ProfilesError, Stored};
use hamdam_fleet::metrics::Metrics;
use hamdam_state::State;
use hamdam_state::memory::{Found, Gate, MemoryState, Pass, World};
use hamdam_state::step::matching::{Seat, Seated};
use hamdam_telegram::Update;
use serde_json::{Value, json};

pub(super) const BOT: BotId = BotId(100);
pub(super) const OTHER_BOT: BotId = BotId(200);
pub(super) const ANN: UserId = UserId(1_001);
pub(super) const BEN: UserId = UserId(1_002);
pub(super) const ROOM: RoomId = RoomId(9_001);
pub(super) const NOW: Millis = Millis(1_800_000_000_000);

/// Time stands still.
struct Still;

impl Clock for Still {
    fn unix(&self) -> Millis {
        NOW
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// The durable record: who is known, and whether it answers.
#[derive(Default)]
pub(super) struct Record {
    pub(super) known: Mutex<HashMap<UserId, Stored>>,
    /// Ids in the partner's chat of what stands in the user's.
    pub(super) said: Mutex<HashMap<(UserId, RoomId, MessageId), MessageId>>,
    pub(super) past: Mutex<Option<PastRoom>>,
    pub(super) away: Mutex<bool>,
}

#[async_trait]
impl Profiles for Record {
    async fn load(&self, user: UserId) -> Result<Option<Stored>, ProfilesError> {
        if *self.away.lock().unwrap() {
            return Err(ProfilesError("the database sleeps".into()));
        }
        Ok(self.known.lock().unwrap().get(&user).cloned())
    }

    async fn past_room(
        &self,
        _: UserId,
        room: Option<RoomId>,
        _: Millis,
    ) -> Result<Option<PastRoom>, ProfilesError> {
        if *self.away.lock().unwrap() {
            return Err(ProfilesError("the database sleeps".into()));
        }
        let past = self.past.lock().unwrap().clone();
        Ok(past.filter(|past| room.is_none_or(|room| room == past.room)))
    }

    async fn newcomers(&self, _: &hamdam_domain::source::Source) -> Result<u64, ProfilesError> {
        if *self.away.lock().unwrap() { Err(ProfilesError("the database sleeps".into())) } else { Ok(3) }
    }

    async fn counterpart(
        &self,
        user: UserId,
        room: RoomId,
        here: MessageId,
    ) -> Result<Option<MessageId>, ProfilesError> {
        if *self.away.lock().unwrap() {
            return Err(ProfilesError("the database sleeps".into()));
        }
        Ok(self.said.lock().unwrap().get(&(user, room, here)).copied())
    }
}

/// What happens before a step: other steps, taken through the same state.
type Meanwhile = Box<dyn Fn(Arc<MemoryState>) -> BoxFuture<'static, ()> + Send + Sync>;

/// Fails or repeats the chosen step, and lets others act before it.
#[derive(Default)]
pub(super) struct Warden {
    state: OnceLock<Weak<MemoryState>>,
    steps: AtomicUsize,
    /// From the step with this number on, so many steps pass like this.
    trouble: Mutex<Option<(usize, usize, Pass)>>,
    meanwhile: Mutex<Option<(&'static str, usize, Meanwhile)>>,
}

impl Warden {
    /// The next `count` steps from the `nth` on (0 is the next) pass like this.
    pub(super) fn trouble(&self, nth: usize, count: usize, pass: Pass) {
        self.steps.store(0, Ordering::Relaxed);
        *self.trouble.lock().unwrap() = Some((nth, count, pass));
    }

    pub(super) fn peace(&self) {
        *self.trouble.lock().unwrap() = None;
    }

    /// How many steps were taken since the last trouble was ordered.
    pub(super) fn steps(&self) -> usize {
        self.steps.load(Ordering::Relaxed)
    }

    /// Before each of the next `times` steps `name`, something else happens.
    pub(super) fn before(
        &self,
        name: &'static str,
        times: usize,
        what: impl Fn(Arc<MemoryState>) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) {
        *self.meanwhile.lock().unwrap() = Some((name, times, Box::new(what)));
    }

    fn due(&self, name: &'static str) -> Option<(usize, Meanwhile)> {
        let mut meanwhile = self.meanwhile.lock().unwrap();
        match meanwhile.take() {
            Some((on, times, what)) if on == name && times > 0 => Some((times, what)),
            other => {
                *meanwhile = other;
                None
            }
        }
    }
}

#[async_trait]
impl Gate for Warden {
    async fn enter(&self, name: &'static str) -> Pass {
        if let Some((times, what)) = self.due(name) {
            let state = self.state.get().and_then(Weak::upgrade).unwrap();
            what(state).await;
            *self.meanwhile.lock().unwrap() = Some((name, times - 1, what));
        }
        let step = self.steps.fetch_add(1, Ordering::Relaxed);
        match *self.trouble.lock().unwrap() {
            Some((from, count, pass)) if (from..from + count).contains(&step) => pass,
            _ => Pass::Once,
        }
    }

    fn leave(&self, _: &'static str, _: &dyn std::fmt::Debug) {}
}

/// All together.
pub(super) struct Stage {
    pub(super) state: Arc<MemoryState>,
    pub(super) warden: Arc<Warden>,
    pub(super) record: Arc<Record>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) intake: Intake,
}

impl Stage {
    pub(super) fn new() -> Self {
        Self::under(Settings::default())
    }

    /// In a house with rules of its own. Nobody is slowed down: time stands still, so everything happens in one moment.
    pub(super) fn under(mut settings: Settings) -> Self {
        settings.haste.flood.updates = 0;
        Self::exactly(settings)
    }

    fn exactly(settings: Settings) -> Self {
        let warden = Arc::new(Warden::default());
        let state = MemoryState::builder(4, Arc::new(Still)).gate(Arc::<Warden>::clone(&warden)).build();
        let state = Arc::new(state);
        warden.state.set(Arc::downgrade(&state)).unwrap();
        let (record, metrics) = (Arc::new(Record::default()), Arc::new(Metrics::new()));
        let intake = Intake::new(
            Arc::<MemoryState>::clone(&state),
            Arc::<Record>::clone(&record),
            Arc::new(Bots::new([(BOT, 0), (OTHER_BOT, 0)])),
            settings,
            Arc::clone(&metrics),
        );
        Self { state, warden, record, metrics, intake }
    }

    /// Ann and Ben in a room, by their searches 10 and 20 and all steps of a match, and both were told.
    pub(super) async fn chatting() -> Self {
        let stage = Self::opened().await;
        stage.announced();
        stage
    }

    /// The same in a house with rules of its own.
    pub(super) async fn chatting_under(settings: Settings) -> Self {
        Self::chatting_on(Self::under(settings)).await
    }

    /// The same where people are slowed down.
    pub(super) async fn chatting_in_haste() -> Self {
        Self::chatting_on(Self::exactly(Settings::default())).await
    }

    async fn chatting_on(stage: Self) -> Self {
        let stage = Self::matched_on(stage).await;
        assert_eq!(stage.state.open(ANN, ROOM, &found()).await.unwrap(), Seated::Done);
        stage.announced();
        stage
    }

    /// Ann and Ben in a room that neither knows of yet.
    pub(super) async fn opened() -> Self {
        let stage = Self::matched().await;
        assert_eq!(stage.state.open(ANN, ROOM, &found()).await.unwrap(), Seated::Done);
        stage
    }

    /// Ben is in the room, Ann still held.
    pub(super) async fn matched() -> Self {
        Self::matched_on(Self::new()).await
    }

    async fn matched_on(stage: Self) -> Self {
        stage.does(10, &text(ANN, "/search")).await;
        stage.does(20, &text(BEN, "/search")).await;
        for (user, update) in [(ANN, 10), (BEN, 20)] {
            stage.state.remove_ticket(&pool(), user, ticket(update)).await.unwrap();
        }
        let seated = stage.state.hold(&seat(ANN, 10, BEN, 20)).await.unwrap();
        assert_eq!(seated, Seated::Done);
        let seated = stage.state.attach(&seat(BEN, 20, ANN, 10), &found(), &opened()).await.unwrap();
        assert_eq!(seated, Seated::Done);
        stage
    }

    /// Whatever tells of rooms stands in the chats, before any message.
    pub(super) fn announced(&self) {
        for user in [ANN, BEN] {
            self.shown(user, MessageId(1));
        }
    }

    /// What tells `user` of their room, if they are in one, is this message of their chat.
    pub(super) fn shown(&self, user: UserId, notice: MessageId) {
        self.state.tamper(|world| {
            let found = &mut world.users.get_mut(&user).unwrap().found;
            *found = found.map(|_| Found::Shown(notice));
        });
    }

    pub(super) async fn handle(&self, bot: BotId, id: i64, event: &Value) -> Result<Outcome, IntakeError> {
        let mut update = event.clone();
        update["update_id"] = json!(id);
        self.intake.handle(bot, &Update::from_json(update.to_string().as_bytes()).unwrap()).await
    }

    /// Update `id` of the usual bot, which must be taken in.
    pub(super) async fn does(&self, id: i64, event: &Value) -> Outcome {
        self.handle(BOT, id, event).await.unwrap()
    }

    pub(super) fn world(&self) -> World {
        self.state.inspect(World::clone)
    }

    pub(super) fn session(&self, user: UserId) -> Session {
        self.state.inspect(|world| world.users[&user].session.clone())
    }

    /// What waits in a user's chats, in order.
    pub(super) fn outbox(&self, user: UserId) -> Vec<(BotId, Entry)> {
        self.state.inspect(|world| {
            let shard = world.shard(Shard::of(user, 4));
            let mine = shard.outbox.values().filter(|stored| stored.user == user);
            mine.map(|stored| (stored.bot, Entry::from_json(&stored.body).unwrap())).collect()
        })
    }

    /// What is said in a user's chats, in order.
    pub(super) fn told(&self, user: UserId) -> Vec<Notice> {
        self.outbox(user)
            .into_iter()
            .filter_map(|(_, entry)| match entry.content {
                Content::Notice(notice) | Content::Answer { notice, .. } => Some(notice),
                _ => None,
            })
            .collect()
    }

    /// The last entry in a user's chats.
    pub(super) fn last(&self, user: UserId) -> Content {
        self.outbox(user).pop().unwrap().1.content
    }

    pub(super) fn facts(&self) -> Vec<Fact> {
        self.state.inspect(|world| {
            let journals = world.shards.iter().flat_map(|shard| shard.journal.values());
            journals.map(|body| Fact::from_json(body).unwrap()).collect()
        })
    }

    /// The tickets in the pool.
    pub(super) fn tickets(&self) -> Vec<Ticket> {
        self.state
            .inspect(|world| world.pools.values().flat_map(|pool| pool.tickets.values().cloned()).collect())
    }
}

pub(super) fn pool() -> PoolId {
    Settings::default().pools.choose(&hamdam_domain::wish::Place::default()).clone()
}

pub(super) fn ticket(update: i64) -> TicketId {
    TicketId { bot: BOT, update: UpdateId(update) }
}

pub(super) fn found() -> Entry {
    Notice::Found { room: ROOM }.entry()
}

pub(super) fn opened() -> Fact {
    Fact::RoomOpened(RoomFact::new(ROOM, ANN, BEN))
}

pub(super) fn seat(me: UserId, update: i64, partner: UserId, partner_update: i64) -> Seat {
    Seat {
        room: ROOM,
        me: Claimant { user: me, ticket: ticket(update), attempt: 0 },
        partner,
        partner_ticket: ticket(partner_update),
        partner_era: 0,
    }
}

fn message(user: UserId, fields: &Value) -> Value {
    let mut message = json!({
        "message_id": 31, "date": 1, "chat": {"id": user.0, "type": "private"},
        "from": {"id": user.0, "is_bot": false, "first_name": "x", "language_code": "en"},
    });
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    message
}

/// A message with a text.
pub(super) fn text(user: UserId, text: &str) -> Value {
    says(user, &json!({"text": text}))
}

/// A message with these fields.
pub(super) fn says(user: UserId, fields: &Value) -> Value {
    json!({"message": message(user, fields)})
}

/// Message 31, changed.
pub(super) fn edits(user: UserId, text: &str) -> Value {
    json!({"edited_message": message(user, &json!({"text": text}))})
}

pub(super) fn press(user: UserId, data: &str) -> Value {
    json!({"callback_query": {
        "id": "q", "from": {"id": user.0, "language_code": "en"}, "data": data,
        "message": {"message_id": 2, "date": 0, "chat": {"id": user.0, "type": "private"}},
    }})
}

/// Presses a button under the question about message 31, which stands like this now.
pub(super) fn sends_anyway(user: UserId, data: &str, about: &Value) -> Value {
    let mut pressed = press(user, data);
    pressed["callback_query"]["message"]["reply_to_message"] = message(user, about);
    pressed
}

/// Blocked (`kicked`) or unblocked (`member`).
pub(super) fn member(user: UserId, status: &str) -> Value {
    json!({"my_chat_member": {
        "chat": {"id": user.0, "type": "private"}, "from": {"id": user.0, "language_code": "en"},
        "date": 1, "new_chat_member": {"status": status},
    }})
}
