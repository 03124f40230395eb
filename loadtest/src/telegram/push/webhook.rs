//! A bot's webhook: its settings, its queue, its connections.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;

use super::super::bucket::Bucket;
use super::super::event::UpdateId;
use super::super::settings::Rate;
use super::connection::Job;
use super::queue::{Line, Queue};
use super::target::Target;

/// Connections a webhook opens at most, unless `setWebhook` says otherwise.
pub(in super::super) const DEFAULT_CONNECTIONS: usize = 40;

/// Every kind of update there is, and whether it comes without being asked for.
/// (Source: Bot API, `setWebhook`, `allowed_updates`.)
const KINDS: &[(&str, bool)] = &[
    ("message", true),
    ("edited_message", true),
    ("channel_post", true),
    ("edited_channel_post", true),
    ("business_connection", true),
    ("business_message", true),
    ("edited_business_message", true),
    ("deleted_business_messages", true),
    ("message_reaction", false),
    ("message_reaction_count", false),
    ("inline_query", true),
    ("chosen_inline_result", true),
    ("callback_query", true),
    ("shipping_query", true),
    ("pre_checkout_query", true),
    ("purchased_paid_media", true),
    ("poll", true),
    ("poll_answer", true),
    ("my_chat_member", true),
    ("chat_member", false),
    ("chat_join_request", true),
    ("chat_boost", true),
    ("removed_chat_boost", true),
];

/// Whether an update of this name exists.
pub(in super::super) fn is_kind(name: &str) -> bool {
    KINDS.iter().any(|(kind, _)| *kind == name)
}

/// The webhook of one bot, set or not.
#[derive(Debug)]
pub(in super::super) struct Webhook {
    /// Settings; none when no webhook is set.
    pub(in super::super) setup: Option<Setup>,
    /// The kinds that the bot asked for; none: the default. Survives `deleteWebhook`.
    pub(in super::super) allowed: Option<Vec<String>>,
    /// What was not acknowledged.
    pub(in super::super) queue: Queue,
    /// Date (Unix seconds) and text of the last error. Stays after later successes.
    pub(in super::super) last_error: Option<(u32, String)>,
    /// When it was set last, for "once per second".
    pub(in super::super) set_at: Option<Duration>,
    /// Counts settings, so that answers to an earlier one are ignored.
    pub(super) generation: u64,
    pub(super) connections: HashMap<u64, Connection>,
    /// Connections with nothing in flight, oldest first. May name some that are gone.
    pub(super) free: VecDeque<u64>,
    pub(super) next_connection: u64,
    pub(super) ramp: Ramp,
    pub(super) last_success: Option<Duration>,
    /// Since when every answer is 410.
    pub(super) gone_since: Option<Duration>,
    /// When the timer of this generation will next look, and how to wake it earlier.
    pub(super) timer: Option<Timer>,
    poller: Arc<Notify>,
    /// Counts `getUpdates` calls, so that a new one ends the one before.
    pub(in super::super) poll: u64,
}

/// What `setWebhook` was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Setup {
    pub(in super::super) url: String,
    pub(in super::super) secret: Option<String>,
    pub(in super::super) max_connections: usize,
    pub(in super::super) ip_address: Option<String>,
    /// What the address shows, in PEM, if no authority vouches for it.
    pub(in super::super) certificate: Option<Bytes>,
    pub(in super::super) target: Arc<Target>,
}

/// A connection, from the moment it is being opened.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) jobs: UnboundedSender<Job>,
    pub(super) busy: Option<Flight>,
}

/// An update in flight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) line: Line,
    pub(super) update: UpdateId,
    pub(super) begun: Duration,
}

/// The timer of a webhook.
#[derive(Debug)]
pub(super) struct Timer {
    pub(super) at: Duration,
    pub(super) wake: Arc<Notify>,
}

/// How fast connections may be opened.
#[derive(Debug)]
pub(super) struct Ramp {
    active: Bucket,
    pending: Bucket,
}

/// While updates are being delivered: 10 at once, then 20 per second.
const ACTIVE: Rate = Rate { per_second: 20.0, burst: 10.0 };
/// While none was delivered for 10 s: one per 2 s.
const PENDING: Rate = Rate { per_second: 0.5, burst: 1.0 };

impl Ramp {
    fn new() -> Self {
        Self { active: Bucket::full(ACTIVE), pending: Bucket::full(PENDING) }
    }

    /// Takes the permit for one connection, or says how long to wait for it. `now` and the wait are
    /// Telegram's time.
    pub(super) fn take(&mut self, active: bool, now: Duration) -> Result<(), Duration> {
        let (bucket, rate) = if active { (&mut self.active, ACTIVE) } else { (&mut self.pending, PENDING) };
        let wait = bucket.wait(rate, now, 1.0);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        bucket.take(1.0);
        Ok(())
    }
}

impl Default for Webhook {
    fn default() -> Self {
        Self {
            setup: None,
            allowed: None,
            queue: Queue::default(),
            last_error: None,
            set_at: None,
            generation: 0,
            connections: HashMap::new(),
            free: VecDeque::new(),
            next_connection: 1,
            ramp: Ramp::new(),
            last_success: None,
            gone_since: None,
            timer: None,
            poller: Arc::new(Notify::new()),
            poll: 0,
        }
    }
}

impl Webhook {
    /// Whether the bot wants updates of this kind.
    pub(in super::super) fn wants(&self, kind: &str) -> bool {
        match &self.allowed {
            Some(allowed) => allowed.iter().any(|name| name == kind),
            None => KINDS.iter().any(|(name, unasked)| *name == kind && *unasked),
        }
    }

    /// Requests waiting for their answer.
    pub(in super::super) fn in_flight(&self) -> usize {
        self.connections.values().filter(|connection| connection.busy.is_some()).count()
    }

    /// New settings, or none. All connections end; what was in flight is sent again by whoever comes next.
    pub(in super::super) fn set(&mut self, setup: Option<Setup>) {
        self.setup = setup;
        self.generation += 1;
        self.connections.clear();
        self.free.clear();
        self.ramp = Ramp::new();
        self.last_success = None;
        self.gone_since = None;
        self.last_error = None;
        if let Some(timer) = self.timer.take() {
            timer.wake.notify_one();
        }
        self.queue.unload();
        self.poller.notify_waiters();
    }

    /// Notes a failed answer. Whether 410 came without interruption for `patience`, which ends the webhook.
    pub(super) fn is_gone(&mut self, status: u16, now: Duration, patience: Duration) -> bool {
        if status != 410 {
            self.gone_since = None;
            return false;
        }
        now > *self.gone_since.get_or_insert(now) + patience
    }

    /// Wakes a `getUpdates` that waits.
    pub(in super::super) fn nudge_poller(&self) {
        self.poller.notify_waiters();
    }

    /// What wakes a `getUpdates` that waits.
    pub(in super::super) fn poller(&self) -> Arc<Notify> {
        Arc::clone(&self.poller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_come_in_a_burst_then_steadily_and_one_by_one_while_nothing_succeeds() {
        let mut ramp = Ramp::new();
        let opened = |ramp: &mut Ramp, active: bool, from: u64, to: u64| {
            (from..to).filter(|now| ramp.take(active, Duration::from_millis(*now)).is_ok()).count()
        };
        assert_eq!(opened(&mut ramp, true, 0, 1), 1);
        assert_eq!(opened(&mut ramp, true, 1, 49), 9, "a burst of 10");
        assert_eq!(opened(&mut ramp, true, 49, 1_049), 20, "then 20 per second");
        assert_eq!(opened(&mut ramp, false, 0, 1_999), 1);
        assert_eq!(opened(&mut ramp, false, 1_999, 10_000), 4, "one per 2 s");
    }

    #[test]
    fn only_an_uninterrupted_410_ends_the_webhook() {
        let mut webhook = Webhook::default();
        let day = Duration::from_hours(24);
        let patience = Duration::from_hours(23);
        assert!(!webhook.is_gone(410, day, patience));
        assert!(!webhook.is_gone(500, day * 2, patience));
        assert!(!webhook.is_gone(410, day * 3, patience));
        assert!(!webhook.is_gone(410, day * 3 + patience, patience));
        assert!(webhook.is_gone(410, day * 4, patience));
    }

    #[test]
    fn reactions_and_members_come_only_when_asked_for() {
        let mut webhook = Webhook::default();
        assert!(
            webhook.wants("message") && webhook.wants("my_chat_member") && webhook.wants("callback_query")
        );
        assert!(!webhook.wants("message_reaction") && !webhook.wants("chat_member"));
        webhook.allowed = Some(vec!["message_reaction".to_owned()]);
        assert!(webhook.wants("message_reaction") && !webhook.wants("message"));
    }
}
