//! A stage for one shard: live state in memory, a clock that stands still, instances that can crash or lag, and a
//! Telegram whose calls can be executed, answered or lost. Whatever goes out is judged here.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt;
use hamdam_archive::{Dossier, Dossiers};
use hamdam_bot::Voice;
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::id::{BotId, InstanceId, MessageId, RoomId, Shard, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::Change;
use hamdam_domain::outbox::{Content, Copy, Edit, Entry, EntryId, Notice, Reference};
use hamdam_domain::parcel::{Carry, Medium, Parcel, Traits};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::react::React;
use hamdam_state::memory::MemoryState;
use hamdam_state::step::sending::{Ring, Turn, Turned};
use hamdam_state::step::{Fenced, Holder};
use hamdam_state::{State, StateError};
use hamdam_telegram::files::FilePlace;
use hamdam_telegram::method::ChatAction;
use hamdam_telegram::{Call, CallError, Download, Executed, Sent, UploadError, Uploaded};
use tokio::sync::broadcast;

use crate::calls::BotApi;
use crate::metrics::Metrics;
use crate::run::{BotRate, ChatRate};
use crate::sender::core::Taken;
use crate::sender::{
    CallWork, Chat, Done, FileAt, Job, Limits, Outcome, Permits, ShardSender, Tools, Work, perform,
};

pub(super) const BOT: BotId = BotId(7);
pub(super) const OTHER_BOT: BotId = BotId(8);
pub(super) const SHARD: Shard = Shard(0);
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

/// A record of nobody.
struct Nothing;

#[async_trait::async_trait]
impl Dossiers for Nothing {
    async fn dossier(&self, _: UserId) -> hamdam_archive::Result<Dossier> {
        Ok(Dossier::default())
    }
}

/// Stands still until told otherwise.
#[derive(Debug, Default)]
pub(super) struct StillClock(AtomicU64);

impl Clock for StillClock {
    fn unix(&self) -> Millis {
        Millis(1_800_000_000_000 + i64::try_from(self.0.load(Ordering::Relaxed)).unwrap())
    }
    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// Calls go through the stage, never through here; where files are is told as the stage says.
#[derive(Default)]
pub(super) struct Door {
    /// What is answered next to who asks where a file is; without, where it is.
    pub places: Mutex<VecDeque<Result<FilePlace, CallError>>>,
    /// By which bot it was asked, for which file.
    pub asked: Mutex<Vec<(BotId, String)>>,
}

#[async_trait::async_trait]
impl BotApi for Door {
    async fn call(&self, _: BotId, call: &Call) -> Result<Sent, CallError> {
        panic!("{} went past the stage", call.method())
    }

    async fn is_member(&self, _: BotId, channel: &str, _: UserId) -> Result<bool, CallError> {
        panic!("nobody asks who is in {channel}")
    }

    async fn place(&self, bot: BotId, file_id: &str) -> Result<FilePlace, CallError> {
        self.asked.lock().unwrap().push((bot, file_id.to_owned()));
        let there = || Ok(FilePlace { file_size: Some(9), file_path: Some("there".into()) });
        self.places.lock().unwrap().pop_front().unwrap_or_else(there)
    }

    async fn open(&self, bot: BotId, _: &FilePlace) -> Result<Download, CallError> {
        panic!("a file of {bot} went past the stage")
    }

    async fn upload(&self, _: BotId, call: &Call, _: Download, _: &str) -> Result<Uploaded, UploadError> {
        panic!("{} went past the stage", call.method())
    }
}

/// One instance's sender, with what it has begun.
pub(super) struct Instance {
    pub core: ShardSender,
    pub permits: Permits,
    /// Calls given out whose request is not yet written: what a slow thread holds in its hands.
    pub unwritten: Vec<CallWork>,
}

/// A request under way to Telegram.
#[derive(Debug)]
pub(super) struct Flying {
    /// Who waits for the answer; nobody after a crash.
    pub owner: Option<usize>,
    pub job: Arc<Job>,
    /// The rest of an album.
    pub along: Vec<Arc<Job>>,
    /// What it says of its file.
    pub file: Option<FileAt>,
    pub written: Duration,
    pub answer: Option<Result<Sent, CallError>>,
}

/// How Telegram treats a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treat {
    /// Does it.
    Do,
    /// Does it, save the last message of an album.
    Skip,
    /// Does it, and the connection breaks.
    DoAndBreak,
    /// Breaks without doing it.
    Break,
    /// 500, not done.
    Fail,
    /// Cannot be reached at all.
    Refuse,
    /// 429.
    Limit(u32),
    /// The message is gone.
    Gone,
    /// Our mistake.
    Bug,
    /// 403.
    Blocked,
    /// Not copyable.
    Explain,
    /// There is no token: there was one, or there may be one soon.
    Stranger { left: bool },
}

/// What becomes of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Once,
    Twice,
    Unheard,
    Unsent,
}

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

    /// A new process takes the lease, if it is free. Ids are new at every start, so what a forerunner claimed lies under
    /// an earlier epoch.
    pub(super) fn acquire(&mut self, index: usize) -> bool {
        if self.instances[index].is_some() {
            return false;
        }
        self.starts += 1;
        let owner = InstanceId(format!("i{index}, start {}", self.starts));
        let sent = self.now();
        let Some(epoch) = Self::at_once(self.state.lease(SHARD, &owner, LIMITS.lease)).unwrap() else {
            return false;
        };
        let holder = Holder { owner, epoch };
        let inherited = Self::at_once(self.state.inherit(SHARD, &holder)).unwrap();
        let inheritance = inherited.held().expect("just taken");
        let taken = Taken { shard: SHARD, holder, sent, inheritance, answered: self.now() };
        self.instances[index] = Some(Instance {
            core: ShardSender::new(taken, LIMITS, self.metrics.clone()),
            permits: Permits::new(self.rate, self.metrics.clone()),
            unwritten: Vec::new(),
        });
        true
    }

    /// Lets an instance do whatever it can without time passing. Its turns meet `fate`.
    pub(super) fn pump(&mut self, index: usize, fate: Fate) {
        let (tools, now, state) = (self.tools(), self.now(), self.state.clone());
        while let Ok(ring) = self.rings.try_recv() {
            for instance in self.instances.iter_mut().flatten() {
                instance.core.rung(ring.at_once);
            }
        }
        let Some(instance) = &mut self.instances[index] else { return };
        loop {
            let mut moved = false;
            while let Some(ask) = instance.permits.ask(now) {
                let answer = Self::at_once(state.permits(ask.bot, ask.want, &ask.budget)).ok();
                instance.permits.granted(ask.bot, answer, now);
                moved = true;
            }
            while let Some(work) = instance.core.next_work(now, &mut instance.permits) {
                moved = true;
                match work {
                    Work::Call(call) => instance.unwritten.push(call),
                    Work::Show { chat, action } => {
                        self.shown.push((chat, action));
                        instance.core.done(Done::Aside, now, &mut instance.permits);
                    }
                    other => {
                        let done = Self::at_once(perform(other, &tools));
                        instance.core.done(done, now, &mut instance.permits);
                    }
                }
                instance.core.assert_sound();
            }
            if let Some(turn) = instance.core.next_turn(now, &mut instance.permits) {
                moved = true;
                self.turns += 1;
                let answer = Self::turn(&state, &turn, fate);
                instance.core.turned(answer, now, &mut instance.permits);
                instance.core.assert_sound();
            }
            if !moved {
                break;
            }
        }
        if instance.core.is_finished() && instance.unwritten.is_empty() {
            if !instance.core.is_lost() {
                Self::at_once(self.state.release_lease(SHARD, instance.core.holder())).unwrap();
            }
            self.instances[index] = None;
        }
    }

    pub(super) fn turn(state: &MemoryState, turn: &Turn, fate: Fate) -> Result<Fenced<Turned>, StateError> {
        let lost = || StateError::Unavailable { step: "turn", source: "the stage lost it".into() };
        match fate {
            Fate::Once => Self::at_once(state.turn(turn)),
            Fate::Twice => Self::at_once(state.turn(turn)).and_then(|_| Self::at_once(state.turn(turn))),
            Fate::Unheard => Self::at_once(state.turn(turn)).and(Err(lost())),
            Fate::Unsent => Err(lost()),
        }
    }

    /// Writes the requests an instance holds in its hands, or finds that it is too late.
    pub(super) fn write(&mut self, index: usize) {
        let now = self.now();
        let unix = self.clock.unix();
        let Some(instance) = &mut self.instances[index] else { return };
        for CallWork { job, along, target, file, start_before } in std::mem::take(&mut instance.unwritten) {
            let instance = self.instances[index].as_mut().expect("it was there");
            let (chat, entry) = (job.chat, job.id);
            let content = &job.entry.content;
            let wants_target =
                matches!(content, Content::Edit(_) | Content::React(_) | Content::Retract { .. });
            if now >= start_before || wants_target && target.is_none() {
                let outcome = if now >= start_before { Outcome::Late } else { Outcome::Nothing };
                if matches!(outcome, Outcome::Nothing) {
                    self.given_up.insert(entry);
                }
                let done = Done::Called { chat, entry, method: "call", outcome };
                instance.core.done(done, now, &mut instance.permits);
                continue;
            }
            let holder = instance.core.holder().clone();
            let held = self.state.inspect(|world| world.shard(SHARD).lease.is_held(&holder, unix));
            assert!(held, "a call of {holder:?} without its lease");
            let alone = !self.flying.iter().any(|other| other.job.chat == chat && other.answer.is_none());
            assert!(alone, "two calls at once in {chat:?}");
            let album = std::iter::once(&job).chain(&along);
            for (one, next) in album.clone().zip(album.skip(1)) {
                assert!(one.entry.goes_with(&next.entry) && one.id < next.id, "{one:?} along with {next:?}");
            }
            if along.is_empty() {
                self.judge_target(&job, target);
            }
            self.flying.push(Flying { owner: Some(index), job, along, file, written: now, answer: None });
        }
        let instance = self.instances[index].as_ref().expect("it was there");
        instance.core.assert_sound();
    }

    /// A reply to one's own message lands on one of its copies, if the chat ever saw one and the answer was heard.
    fn judge_target(&self, job: &Job, target: Option<MessageId>) {
        let own = match &job.entry.content {
            Content::Copy(copy) | Content::Carry(Carry { copy, .. }) => match copy.reply {
                Some(Reference::Own(own)) => own,
                _ => return,
            },
            Content::Edit(edit) => edit.message,
            Content::React(React { message: Reference::Own(own), .. })
            | Content::Retract { message: own, .. } => *own,
            _ => return,
        };
        let known = self.copies.get(&(job.chat, own)).map_or(&[][..], Vec::as_slice);
        assert!(target.is_none_or(|id| known.contains(&id)), "{target:?} is no copy of {own:?}");
        let kept = self.state.inspect(|world| {
            let user = &world.users[&job.chat.user];
            job.entry
                .room
                .and_then(|room| user.ids.get(&room))
                .is_some_and(|ids| ids.pairs.iter().any(|(_, there)| *there == own))
        });
        assert_eq!(
            target.is_some(),
            kept,
            "every earlier entry is acknowledged when the target is looked up"
        );
    }

    /// Telegram treats a request that is under way.
    pub(super) fn treat(&mut self, flying: usize, treat: Treat) {
        let call = &self.flying[flying];
        if call.answer.is_some() {
            return;
        }
        let method = "call";
        let retry = |executed| CallError::Retry { method, executed, reason: String::new(), source: None };
        let (done, answer) = match treat {
            Treat::Do | Treat::Skip => (true, None),
            Treat::DoAndBreak => (true, Some(retry(Executed::Perhaps))),
            Treat::Break | Treat::Fail => (false, Some(retry(Executed::Perhaps))),
            Treat::Refuse => (false, Some(retry(Executed::No))),
            Treat::Limit(seconds) => (false, Some(CallError::Pause { method, seconds })),
            Treat::Gone => (false, Some(CallError::Gone { method, reason: String::new() })),
            Treat::Bug => (false, Some(CallError::Bug { method, code: 400, description: String::new() })),
            Treat::Blocked => (false, Some(CallError::Unreachable { method, reason: String::new() })),
            Treat::Explain => (false, Some(CallError::Explain { method, reason: String::new() })),
            Treat::Stranger { left } => (false, Some(CallError::Stranger { method, left })),
        };
        let mut jobs: Vec<_> = std::iter::once(&call.job).chain(&call.along).cloned().collect();
        let skipped = if treat == Treat::Skip && jobs.len() > 1 { jobs.pop() } else { None };
        if call.owner.is_some() {
            self.given_up.extend(skipped.map(|job| job.id));
        }
        if matches!(treat, Treat::Gone | Treat::Bug | Treat::Blocked | Treat::Explain) && call.owner.is_some()
        {
            self.given_up.extend(jobs.iter().map(|job| job.id));
        }
        let mut sent = Sent::default();
        if done {
            let mut ids = jobs.iter().map(|job| self.execute(job));
            sent = Sent { message_id: ids.next(), others: ids.collect() };
        }
        self.flying[flying].answer = Some(answer.map_or(Ok(sent), Err));
    }

    fn execute(&mut self, job: &Job) -> i64 {
        let (chat, id, entry) = (job.chat, job.id, &job.entry);
        if let Some(room) = entry.room {
            assert!(!self.ended.contains(&(chat, room)), "{id:?} of {room} after its end in {chat:?}");
        }
        if self.executed.insert(id) {
            let last = self.last.insert(chat, id);
            assert!(last.is_none_or(|last| last < id), "{id:?} after {last:?} in {chat:?}");
        } else {
            self.duplicates += 1;
        }
        if let Some(room) = entry.ends() {
            self.ended.insert((chat, room));
        }
        self.next_id += 1;
        if let Some(copy) = entry.content.message() {
            self.copies.entry((chat, copy.message)).or_default().push(MessageId(self.next_id));
        }
        self.log.push((chat, id, entry.clone()));
        self.next_id
    }

    /// The answer to a request arrives, if anybody still waits for it.
    pub(super) fn answer(&mut self, flying: usize) {
        if self.flying[flying].answer.is_none() {
            return;
        }
        let Flying { owner, job, written, answer, .. } = self.flying.remove(flying);
        let now = self.now();
        let Some(instance) = owner.and_then(|index| self.instances[index].as_mut()) else { return };
        let answer = answer.expect("looked at above");
        let outcome = Outcome::Answered { written, answer };
        let done = Done::Called { chat: job.chat, entry: job.id, method: "call", outcome };
        instance.core.done(done, now, &mut instance.permits);
        instance.core.assert_sound();
    }

    /// Everything a living instance has under way is done and answered.
    pub(super) fn deliver(&mut self) {
        while let Some(call) = self.flying.iter().position(|call| call.owner.is_some()) {
            self.treat(call, Treat::Do);
            self.answer(call);
        }
    }

    /// The process dies. Its requests may still be carried out, as long as a call can live.
    pub(super) fn crash(&mut self, index: usize) {
        self.instances[index] = None;
        for call in &mut self.flying {
            if call.owner == Some(index) {
                call.owner = None;
            }
        }
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

/// How long a request can live.
fn longest(call: &Flying) -> Duration {
    if call.file.is_some() { LIMITS.longest_transfer } else { LIMITS.longest_call }
}

/// A message of an album.
pub(super) fn photo(room: i64, message: i64, album: &str) -> Entry {
    let mut entry = copy(room, message, None);
    if let Content::Copy(copy) = &mut entry.content {
        copy.kind = MessageKind::Photo;
        copy.album = Some(album.to_owned());
    }
    entry
}

/// A message that came by another bot.
pub(super) fn carry(room: i64, message: i64, parcel: Parcel) -> Entry {
    let Content::Copy(copy) = copy(room, message, None).content else { unreachable!("it is a copy") };
    let copy = Copy { bot: OTHER_BOT, ..copy };
    Entry { room: Some(RoomId(room)), content: Content::Carry(Carry { copy, parcel }) }
}

/// A voice note, as the other bot knows it.
pub(super) fn voice() -> Parcel {
    Parcel::File(Box::new(Medium {
        kind: MessageKind::Voice,
        id: "theirs".into(),
        unique: "voice".into(),
        size: Some(9),
        caption: None,
        entities: None,
        above: false,
        spoiler: false,
        traits: Traits::default(),
    }))
}

pub(super) fn copy(room: i64, message: i64, reply: Option<Reference>) -> Entry {
    Entry {
        room: Some(RoomId(room)),
        content: Content::Copy(Copy {
            from: UserId(900),
            bot: BOT,
            update: UpdateId(message),
            message: MessageId(message),
            kind: MessageKind::Text,
            reply,
            album: None,
            protect: false,
            at: Millis(1_800_000_000_000),
        }),
    }
}

pub(super) fn edit(room: i64, message: i64) -> Entry {
    Entry {
        room: Some(RoomId(room)),
        content: Content::Edit(Edit {
            from: UserId(900),
            bot: BOT,
            update: UpdateId(message),
            message: MessageId(message),
            change: Change::Text { text: "new".into(), entities: None },
        }),
    }
}

pub(super) fn react(room: i64, message: i64) -> Entry {
    let message = Reference::Own(MessageId(message));
    let react = React { from: UserId(900), message, emoji: Some("❤".into()) };
    Entry { room: Some(RoomId(room)), content: Content::React(react) }
}

pub(super) fn retract(room: i64, message: i64) -> Entry {
    let (message, command) = (MessageId(message), MessageId(message + 1_000));
    let content = Content::Retract { from: UserId(900), bot: BOT, message, command };
    Entry { room: Some(RoomId(room)), content }
}

pub(super) fn end(room: i64) -> Entry {
    Notice::PartnerLeft { room: RoomId(room) }.entry()
}
