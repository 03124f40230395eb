//! Instances over live state in memory and a Telegram of the test's own. Time is paused: it moves when everybody
//! waits, so a test of minutes takes moments and comes out the same every time.

mod board;
mod broadcasts;
mod files;
mod hand_over;
mod my_data;
mod outages;
mod people;
mod shelf;
mod wishes;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream};
use hamdam_archive::{ArchiveError, Dossier, Dossiers, Forgetting, Ledger, Traces};
use hamdam_bot::Voice;
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::engine::{Matcher, Rules};
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, InstanceId, MessageId, RoomId, Shard, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Copy, Entry};
use hamdam_domain::pools::Pools;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::pseudonym::Pseudonyms;
use hamdam_fleet::bots::Bots;
use hamdam_fleet::calls::BotApi;
use hamdam_fleet::metrics::Metrics;
use hamdam_fleet::run::{BotRate, ChatRate, Deps, Fleet, Roles, Settings, Timing};
use hamdam_state::State;
use hamdam_state::memory::{Gate, MemoryState, Pass};
use hamdam_telegram::files::FilePlace;
use hamdam_telegram::{Call, CallError, Download, Executed, Sent, UploadError, Uploaded};
use tokio::time::Instant;

const BOT: BotId = BotId(7);
const SHARDS: u16 = 16;
/// The record cannot be asked about this user.
const NO_RECORD: i64 = 77;

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
    /// These chats cannot be reached.
    gone: Mutex<HashSet<i64>>,
    /// Calls into these chats fail for a while with 500.
    failing: Mutex<HashMap<i64, u32>>,
    next_id: Mutex<i64>,
    /// What was asked and sent of files, in order.
    uploads: Mutex<Vec<String>>,
}

#[async_trait]
impl BotApi for Telegram {
    async fn call(&self, _: BotId, call: &Call) -> Result<Sent, CallError> {
        tokio::time::sleep(Duration::from_millis(15)).await;
        let chat = call.chat().unwrap_or_default();
        if self.gone.lock().unwrap().contains(&chat) {
            return Err(CallError::Unreachable { method: call.method(), reason: "bot was blocked".into() });
        }
        if let Some(left) = self.failing.lock().unwrap().get_mut(&chat).filter(|left| **left > 0) {
            *left -= 1;
            let (method, executed) = (call.method(), Executed::Perhaps);
            return Err(CallError::Retry { method, executed, reason: "500".into(), source: None });
        }
        match call {
            Call::SendChatAction(shown) => {
                self.uploads.lock().unwrap().push(format!("shows {:?}", shown.action));
            }
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
            Call::SendVoice(voice) => {
                self.uploads.lock().unwrap().push(format!("sendVoice {:?}", voice.voice));
            }
            other => panic!("{} was not expected", other.method()),
        }
        if self.silent.lock().unwrap().contains(&chat) {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_millis(15)).await;
        Ok(self.number())
    }

    async fn is_member(&self, _: BotId, channel: &str, _: UserId) -> Result<bool, CallError> {
        panic!("nobody asks who is in {channel}")
    }

    async fn place(&self, bot: BotId, file_id: &str) -> Result<FilePlace, CallError> {
        self.uploads.lock().unwrap().push(format!("getFile {bot} {file_id}"));
        Ok(FilePlace { file_size: Some(4), file_path: Some(format!("voice/{file_id}.ogg")) })
    }

    async fn open(&self, _: BotId, place: &FilePlace) -> Result<Download, CallError> {
        let piece = |text: &'static str| Ok(Bytes::from_static(text.as_bytes()));
        Ok(Download {
            size: place.file_size,
            name: "file_1.ogg".into(),
            mime: None,
            content: stream::iter([piece("ab"), piece("cd")]).boxed(),
        })
    }

    async fn upload(
        &self,
        bot: BotId,
        call: &Call,
        file: Download,
        kind: &str,
    ) -> Result<Uploaded, UploadError> {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let content: Vec<Bytes> = file.content.map(Result::unwrap).collect().await;
        let content = String::from_utf8(content.concat()).unwrap();
        let said = format!("{} {bot} {kind} {content}", call.method());
        self.uploads.lock().unwrap().push(said);
        Ok(Uploaded { sent: self.number(), file_id: Some("ours".into()) })
    }
}

impl Telegram {
    fn number(&self) -> Sent {
        let mut id = self.next_id.lock().unwrap();
        *id += 1;
        Sent { message_id: Some(*id), others: Vec::new() }
    }
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

/// Nobody is forgotten here.
#[async_trait]
impl Forgetting for Facts {
    async fn traces(&self, _: UserId, _: Millis) -> hamdam_archive::Result<Traces> {
        Ok(Traces::default())
    }
    async fn sweep_behind(&self, _: &[Fact]) -> hamdam_archive::Result<Vec<(UserId, Millis)>> {
        Ok(Vec::new())
    }
    async fn blockers(&self, _: UserId) -> hamdam_archive::Result<Vec<UserId>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Dossiers for Facts {
    async fn dossier(&self, user: UserId) -> hamdam_archive::Result<Dossier> {
        if user.0 == NO_RECORD {
            let (query, source) = ("dossier_user", "as the test wishes".into());
            return Err(ArchiveError::Unavailable { query, source });
        }
        Ok(Dossier::default())
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
    shelf: Arc<shelf::Shelf>,
    crowd: Arc<broadcasts::Crowd>,
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
            shelf: Arc::default(),
            crowd: Arc::default(),
            metrics: Arc::new(Metrics::new()),
        }
    }

    /// Every instance counts into the same metrics.
    async fn start(&self, name: &str) -> Fleet {
        self.start_with(name, |_| {}).await
    }

    async fn start_with(&self, name: &str, change: impl FnOnce(&mut Settings)) -> Fleet {
        let mut settings = Settings {
            instance: InstanceId(name.into()),
            roles: Roles::ALL,
            address: "127.0.0.1:0".into(),
            version: "test".into(),
            bots: Arc::new(Bots::new([(BOT, 0)])),
            pools: Pools::default(),
            pools_at_once: 3,
            large_pool: 10,
            batch_interval: Duration::from_millis(200),
            rules: Rules { batch_size: 100, ..Rules::default() },
            give_up: None,
            bot_rate: BotRate::Unlimited,
            broadcast_rate: 25.0,
            chat_rate: ChatRate { per_second: 100.0, burst: 5 },
            room_idle: Duration::from_hours(24),
            retention: Duration::from_hours(24 * 90),
            pseudonyms: Pseudonyms::default(),
            timing: Timing::default(),
        };
        change(&mut settings);
        let deps = Deps {
            state: self.state.clone(),
            api: self.telegram.clone(),
            ledger: self.facts.clone(),
            shelves: self.shelf.clone(),
            dossiers: self.facts.clone(),
            forgetting: self.facts.clone(),
            audience: self.crowd.clone(),
            voice: Arc::new(Voice::default()),
            posted: Arc::default(),
            clock: self.clock.clone(),
            metrics: self.metrics.clone(),
            engine: |workers| Box::new(Matcher::with(workers)),
        };
        Fleet::start(settings, deps).await.unwrap()
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
