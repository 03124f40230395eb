//! Who may hand in an update, how many at once, and where it goes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use hamdam_domain::id::{BotId, UpdateId};
use hamdam_fleet::metrics::Metrics;
use subtle::{Choice, ConstantTimeEq};
use tokio::sync::Semaphore;

use crate::config::WebhookSecrets;

/// Takes updates whose sender is known to be Telegram, and counts them by outcome.
#[async_trait]
pub trait Inbox: Send + Sync + 'static {
    /// Carries one update out. Without an error in the receipt, its effects are durable, or there are none. May be
    /// dropped at any await: that is a crash, and Telegram's retry finds out.
    async fn take(&self, bot: BotId, body: Bytes) -> Receipt;

    /// Whether an update cannot wait until there is room for it.
    fn is_urgent(&self, body: &[u8]) -> bool;
}

/// What became of an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its id, if it could be read.
    pub update: Option<UpdateId>,
    /// Its kind: from a closed set.
    pub kind: &'static str,
    /// What became of it: from a closed set.
    pub outcome: &'static str,
    /// Why Telegram must not forget it yet; without one, it may.
    pub error: Option<String>,
    /// Steps on live state that it took, where they are commands to Redis.
    pub steps: u32,
}

/// Bounds on what is let in.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Updates handled at once; more are turned away at once, not queued: Telegram keeps its queue better.
    pub at_once: usize,
    /// So many more short ones are looked at, for who waits for a word about a payment: Telegram gives that up after 10 s.
    pub spare: usize,
    /// An update that is not done by then is answered 503; the design promises an answer within 2 s.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { at_once: 1_024, spare: 256, patience: Duration::from_millis(1_900) }
    }
}

/// The door updates come in by.
pub struct Door {
    bots: RwLock<HashMap<String, Arc<Keys>>>,
    secrets: WebhookSecrets,
    pub(super) places: Semaphore,
    pub(super) spare: Semaphore,
    pub(super) patience: Duration,
    pub(super) inbox: Arc<dyn Inbox>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) knocks: AtomicU64,
}

/// What proves that an update of this bot comes from Telegram.
pub(super) struct Keys {
    pub(super) bot: BotId,
    headers: Vec<String>,
}

impl Door {
    /// A door for these bots.
    pub fn new(
        bots: impl IntoIterator<Item = BotId>,
        secrets: &WebhookSecrets,
        limits: Limits,
        inbox: Arc<dyn Inbox>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let door = Self {
            bots: RwLock::default(),
            secrets: secrets.clone(),
            places: Semaphore::new(limits.at_once),
            spare: Semaphore::new(limits.spare),
            patience: limits.patience,
            inbox,
            metrics,
            knocks: AtomicU64::new(0),
        };
        door.open_to(bots);
        door
    }

    /// From now on it is open to these bots and to no others. Whoever is inside may stay.
    pub fn open_to(&self, bots: impl IntoIterator<Item = BotId>) {
        let keys = |bot: BotId| {
            let keys = std::iter::once(&self.secrets.current).chain(&self.secrets.previous);
            let headers = keys.map(|key| WebhookSecrets::header_under(key, bot)).collect();
            (bot.to_string(), Arc::new(Keys { bot, headers }))
        };
        let bots = bots.into_iter().map(keys).collect();
        *self.bots.write().unwrap_or_else(PoisonError::into_inner) = bots;
    }

    /// How many requests came for a bot of ours so far. Draining waits until none comes any more.
    pub fn knocks(&self) -> u64 {
        self.knocks.load(Ordering::Relaxed)
    }

    /// The bot that the path names, exactly as its token does: `007` is not `7`.
    pub(super) fn keys(&self, path: &str) -> Option<Arc<Keys>> {
        self.bots.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }
}

impl Keys {
    /// Whether the header is one of ours. Every byte of every key is looked at, whatever is wrong and wherever, so
    /// the time taken tells nothing about a key.
    pub(super) fn admit(&self, header: &[u8]) -> bool {
        let none = Choice::from(0);
        self.headers.iter().fold(none, |found, key| found | key.as_bytes().ct_eq(header)).into()
    }
}
