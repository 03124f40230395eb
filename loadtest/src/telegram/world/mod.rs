//! All the state of the simulated server, behind one lock: every critical section is some microseconds, and
//! one lock is what makes the order of events total.

pub(super) mod act;
mod channel;
pub(super) mod file;
pub(super) mod message;
pub(super) mod render;
pub(super) mod till;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use self::channel::Channels;
use self::file::FileIds;
use self::message::{Chat, FileNumber};
use self::till::Till;
use super::action::Person;
use super::bucket::Bucket;
use super::clock::SimClock;
use super::content::Kind;
use super::event::{BotId, CallId, Event, UpdateId, UserId, What, Witness};
use super::push::webhook::Webhook;
use super::settings::{Fault, FaultRule, Rate, Settings};
use super::{BadToken, Status};

/// Bots on one side, what they share on the other, so that both can be borrowed at once.
pub(super) struct World {
    pub(super) bots: HashMap<BotId, Bot>,
    pub(super) shared: Shared,
}

/// What all bots share.
pub(super) struct Shared {
    pub(super) clock: SimClock,
    pub(super) settings: Settings,
    pub(super) rng: SmallRng,
    pub(super) people: HashMap<UserId, Person>,
    pub(super) deactivated: HashSet<UserId>,
    pub(super) channels: Channels,
    pub(super) faults: Vec<FaultRule>,
    pub(super) status: Status,
    pub(super) files: FileIds,
    /// Sizes of files that are not of the default size.
    pub(super) file_sizes: HashMap<FileNumber, u64>,
    /// What small files hold that were made by a bot.
    pub(super) made_files: HashMap<FileNumber, Bytes>,
    next_file: FileNumber,
    next_call: CallId,
    witness: Arc<dyn Witness>,
}

/// A bot and its chats.
pub(super) struct Bot {
    pub(super) id: BotId,
    /// The part of the token after the colon.
    secret: String,
    /// Its user, as JSON.
    pub(super) user_json: String,
    pub(super) chats: HashMap<UserId, Chat>,
    pub(super) webhook: Webhook,
    pub(super) presses: Presses,
    pub(super) till: Till,
    pub(super) permits: Bucket,
    /// What `setMyCommands` and its kin were given, by method, scope and language, as JSON.
    pub(super) profile: HashMap<String, String>,
    pub(super) next_update: UpdateId,
}

/// The bot does not exist, or its token says something else.
pub(super) struct Unauthorized;

impl World {
    pub(super) fn new(settings: Settings, witness: Arc<dyn Witness>) -> Self {
        let mut rng = SmallRng::seed_from_u64(settings.seed);
        let files = FileIds::new(rng.random());
        let clock = SimClock::new(settings.time_scale);
        let shared = Shared {
            clock,
            settings,
            rng,
            people: HashMap::new(),
            deactivated: HashSet::new(),
            channels: Channels::default(),
            faults: Vec::new(),
            status: Status::default(),
            files,
            file_sizes: HashMap::new(),
            made_files: HashMap::new(),
            next_file: 1,
            next_call: 1,
            witness,
        };
        Self { bots: HashMap::new(), shared }
    }

    /// A bot that is there has this token from now on, as after `/revoke` at @BotFather.
    pub(super) fn add_bot(&mut self, token: &str) -> Result<BotId, BadToken> {
        let (id, secret) = read_token(token).ok_or(BadToken)?;
        let shared = &mut self.shared;
        let bot = self.bots.entry(id).or_insert_with(|| Bot {
            id,
            secret: String::new(),
            user_json: render::bot_user(id),
            chats: HashMap::new(),
            webhook: Webhook::default(),
            presses: Presses::new(shared.rng.random_range(1 << 40..1 << 60)),
            till: Till::new(shared.rng.random_range(1 << 40..1 << 60)),
            permits: Bucket::full(shared.settings.bot_rate.unwrap_or(NO_RATE)),
            profile: HashMap::new(),
            next_update: shared.rng.random_range(100_000_000..900_000_000),
        });
        secret.clone_into(&mut bot.secret);
        Ok(id)
    }

    /// The bot of this token.
    pub(super) fn authorize(&self, token: &str) -> Result<BotId, Unauthorized> {
        let (id, secret) = read_token(token).ok_or(Unauthorized)?;
        match self.bots.get(&id) {
            Some(bot) if bot.secret == secret => Ok(id),
            _ => Err(Unauthorized),
        }
    }

    /// The bot, and what it shares with the others.
    pub(super) fn split(&mut self, bot: BotId) -> Option<(&mut Bot, &mut Shared)> {
        Some((self.bots.get_mut(&bot)?, &mut self.shared))
    }

    pub(super) fn status(&self) -> Status {
        let mut status = self.shared.status.clone();
        for bot in self.bots.values() {
            status.pending_updates += bot.webhook.queue.len();
            status.webhooks_in_flight += bot.webhook.in_flight();
            status.checkouts += bot.till.checkouts();
            status.late_checkouts += bot.till.late(self.shared.clock.now());
            status.payments += bot.till.payments();
        }
        status
    }
}

/// Stands in for a rate that is not limited, where a bucket wants one.
const NO_RATE: Rate = Rate { per_second: f64::MAX, burst: f64::MAX };

fn read_token(token: &str) -> Option<(BotId, &str)> {
    let (id, secret) = token.split_once(':')?;
    let digits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let good = !secret.is_empty()
        && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    (digits && good).then_some(())?;
    Some((id.parse().ok()?, secret))
}

impl Shared {
    /// Tells the witness, now.
    pub(super) fn tell(&mut self, what: What) {
        match &what {
            What::CallReceived { method, .. } => {
                self.status.calls += 1;
                self.status.calls_in_flight += 1;
                self.status.chat_actions += u64::from(&**method == "sendChatAction");
            }
            What::CallAnswered { .. } => self.status.calls_in_flight -= 1,
            What::InvalidCall { .. } => self.status.invalid_calls += 1,
            What::MessagePlaced { .. } => self.status.messages_placed += 1,
            What::Acknowledged { .. } => self.status.acknowledged += 1,
            _ => {}
        }
        self.witness.saw(&Event { at: self.clock.now(), what });
    }

    pub(super) fn next_call(&mut self) -> CallId {
        self.next_call += 1;
        self.next_call - 1
    }

    /// A file that did not exist before.
    pub(super) fn new_file(&mut self) -> FileNumber {
        self.next_file += 1;
        self.next_file - 1
    }

    /// Whether there is such a file.
    pub(super) fn has_file(&self, file: FileNumber) -> bool {
        (1..self.next_file).contains(&file)
    }

    /// The size of a file in bytes.
    pub(super) fn file_size(&self, file: FileNumber) -> u64 {
        self.file_sizes.get(&file).copied().unwrap_or_else(|| file::default_size(file))
    }

    /// What a file holds.
    pub(super) fn content_of(&self, file: FileNumber) -> Bytes {
        let made = self.made_files.get(&file).cloned();
        made.unwrap_or_else(|| file::content(file, self.file_size(file)).into())
    }

    /// An empty chat. Its messages count from anywhere, so that ids of two chats are easily confused only by
    /// who confuses them.
    pub(super) fn new_chat(&mut self) -> Chat {
        let permits = Bucket::full(self.settings.chat_rate.unwrap_or(NO_RATE));
        Chat::new(self.rng.random_range(1..5_000), permits)
    }

    /// The fault that strikes this call, if one does.
    pub(super) fn strike(&mut self, bot: Option<BotId>, method: &str, chat: Option<UserId>) -> Option<Fault> {
        let index = self.faults.iter().position(|rule| {
            (rule.bot.is_none() || rule.bot == bot)
                && (rule.chat.is_none() || rule.chat == chat)
                && method.starts_with(&rule.method)
                && (rule.share >= 1.0 || self.rng.random::<f64>() < rule.share)
        })?;
        let rule = &mut self.faults[index];
        let fault = rule.fault;
        if let Some(times) = &mut rule.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.faults.remove(index);
            }
        }
        Some(fault)
    }

    /// How long until this many messages may go to this chat; takes the permits if it is now.
    pub(super) fn permit(&mut self, bot: &mut Bucket, chat: &mut Bucket, count: f64) -> Result<(), Duration> {
        let now = self.clock.now();
        let mut buckets = [(bot, self.settings.bot_rate), (chat, self.settings.chat_rate)];
        let waits = buckets
            .iter_mut()
            .map(|(bucket, rate)| rate.map_or(Duration::ZERO, |rate| bucket.wait(rate, now, count)));
        let longest = waits.max().unwrap_or_default();
        if longest > Duration::ZERO {
            return Err(longest);
        }
        for (bucket, rate) in buckets {
            if rate.is_some() {
                bucket.take(count);
            }
        }
        Ok(())
    }

    /// A number for a die of this emoji. (Source: Bot API, `Dice`.)
    pub(super) fn roll(&mut self, emoji: &str) -> u8 {
        let sides = match emoji {
            "🏀" | "⚽" => 5,
            "🎰" => 64,
            _ => 6,
        };
        self.rng.random_range(1..=sides)
    }

    /// The object of a message of this kind that holds no file, as a user or a bot would make it.
    pub(super) fn object(&mut self, kind: Kind) -> Arc<str> {
        render::sample(kind, &mut self.rng, self.clock.unix()).into()
    }
}

/// Presses of buttons, which can be answered once, for a while.
pub(super) struct Presses {
    first: u64,
    next: u64,
    /// From the oldest that can still be answered.
    open: VecDeque<Press>,
}

/// A press of a button.
pub(super) struct Press {
    pub(super) user: UserId,
    pub(super) update_id: UpdateId,
    pub(super) expires: Duration,
    pub(super) answered: bool,
}

impl Presses {
    fn new(first: u64) -> Self {
        Self { first, next: first, open: VecDeque::new() }
    }

    /// Notes a press and gives its id.
    pub(super) fn add(&mut self, press: Press, now: Duration) -> u64 {
        while self.open.pop_front_if(|press| press.expires < now).is_some() {}
        self.open.push_back(press);
        self.next += 1;
        self.next - 1
    }

    /// Whether there ever was a press of this id.
    pub(super) fn knew(&self, id: u64) -> bool {
        (self.first..self.next).contains(&id)
    }

    /// The press, unless it is long over.
    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut Press> {
        let oldest = self.next - u64::try_from(self.open.len()).unwrap_or_default();
        self.open.get_mut(usize::try_from(id.checked_sub(oldest)?).ok()?)
    }
}
