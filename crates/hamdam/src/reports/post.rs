//! The way to Sentry: a short queue, a thread of its own, and what Sentry says about how much it takes.
//!
//! A thread and not a task, so that it works while the instance's own threads hang, which may be what is reported.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hamdam_fleet::metrics::Metrics;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url};
use sentry::client_report::{Reason, Recorder};
use sentry::transports::{RateLimiter, RateLimitingCategory};
use sentry::{Envelope, Transport, TransportFactory, TransportOptions};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// So many reports wait at most. An error that comes again and again needs no more of them.
const WAITING: usize = 64;
/// An answer is waited for so long.
const PATIENCE: Duration = Duration::from_secs(10);
const RATE_LIMITS: &str = "x-sentry-rate-limits";
const AUTHORIZATION: &str = "x-sentry-auth";

/// What became of a report: label values of `hamdam_error_reports_total`.
#[derive(Clone, Copy)]
enum Outcome {
    Sent,
    Refused,
    Unreachable,
    /// By an answer that says when to come again.
    TurnedAway,
    /// Until then.
    Held,
    Overflow,
}

impl Outcome {
    const ALL: [Self; 6] =
        [Self::Sent, Self::Refused, Self::Unreachable, Self::TurnedAway, Self::Held, Self::Overflow];

    const fn label(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::TurnedAway | Self::Held => "limited",
            Self::Overflow => "overflow",
        }
    }

    /// How Sentry is told, with the next report, of what never came. What it turned away it counts itself.
    const fn loss(self) -> Option<Reason> {
        match self {
            Self::Sent | Self::TurnedAway => None,
            Self::Refused => Some(Reason::SendError),
            Self::Unreachable => Some(Reason::NetworkError),
            Self::Held => Some(Reason::RatelimitBackoff),
            Self::Overflow => Some(Reason::QueueOverflow),
        }
    }
}

/// Makes the way to the address of a client.
pub(super) struct PostOffice {
    pub(super) http: Client,
    pub(super) metrics: Arc<Metrics>,
}

impl TransportFactory for PostOffice {
    fn create_transport_with_options(&self, options: TransportOptions) -> Arc<dyn Transport> {
        // Zero is a figure, too: an increase is seen from the first report on.
        for outcome in Outcome::ALL {
            self.metrics.error_reports.with_label_values(&[outcome.label()]);
        }
        let tally = Tally { metrics: Arc::clone(&self.metrics), losses: options.client_report_recorder };
        let courier = Courier {
            http: self.http.clone(),
            url: options.dsn.envelope_api_url(),
            authorization: options.dsn.to_auth(Some(&options.user_agent)).to_string(),
            tally: tally.clone(),
            limits: RateLimiter::new(),
            reachable: true,
        };
        let (letters, queue) = mpsc::channel(WAITING);
        let (working, ended) = sync_channel(0);
        let thread = std::thread::Builder::new().name("reports".into());
        // Without a thread the queue has no reader, and every report is counted as one too many.
        let _ = thread.spawn(move || courier.work(queue, working));
        Arc::new(Post { letters: Mutex::new(Some(letters)), ended: Mutex::new(ended), tally })
    }
}

/// Counts what becomes of reports, here and for Sentry.
#[derive(Clone)]
struct Tally {
    metrics: Arc<Metrics>,
    losses: Recorder,
}

impl Tally {
    fn count(&self, envelope: &Envelope, outcome: Outcome) {
        self.metrics.error_reports.with_label_values(&[outcome.label()]).inc();
        if let Some(reason) = outcome.loss() {
            self.losses.record_lost_data(envelope, reason);
        }
    }
}

/// Where reports are left.
struct Post {
    /// `None` behind the end.
    letters: Mutex<Option<mpsc::Sender<Envelope>>>,
    /// Breaks off when the thread has ended.
    ended: Mutex<Receiver<()>>,
    tally: Tally,
}

impl Transport for Post {
    fn send_envelope(&self, envelope: Envelope) {
        let Some(letters) = lock(&self.letters).clone() else { return };
        let refused = match letters.try_send(envelope) {
            Ok(()) => return,
            Err(TrySendError::Full(envelope) | TrySendError::Closed(envelope)) => envelope,
        };
        self.tally.count(&refused, Outcome::Overflow);
    }

    fn shutdown(&self, timeout: Duration) -> bool {
        drop(lock(&self.letters).take());
        lock(&self.ended).recv_timeout(timeout) != Err(RecvTimeoutError::Timeout)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Carries reports to Sentry, one after the other.
struct Courier {
    http: Client,
    url: Url,
    authorization: String,
    tally: Tally,
    limits: RateLimiter,
    /// Whether the last try came through: an outage is logged once.
    reachable: bool,
}

impl Courier {
    /// Works until nobody can leave a report any more and none waits. `_working` is let go then.
    fn work(mut self, mut queue: mpsc::Receiver<Envelope>, _working: SyncSender<()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => return tracing::warn!(%error, "errors cannot be reported"),
        };
        runtime.block_on(async {
            while let Some(envelope) = queue.recv().await {
                let outcome = self.carry(&envelope).await;
                self.tally.count(&envelope, outcome);
            }
        });
    }

    async fn carry(&mut self, envelope: &Envelope) -> Outcome {
        if !self.limits.is_enabled(RateLimitingCategory::Error) {
            return Outcome::Held;
        }
        let mut body = Vec::new();
        envelope.to_writer(&mut body).expect("reports are written to memory");
        let request = self.http.post(self.url.clone()).header(AUTHORIZATION, &self.authorization);
        match request.body(body).timeout(PATIENCE).send().await {
            Ok(answer) => {
                self.reachable = true;
                self.heed(answer.status(), answer.headers());
                match answer.status() {
                    StatusCode::TOO_MANY_REQUESTS => Outcome::TurnedAway,
                    status if status.is_success() => Outcome::Sent,
                    _ => Outcome::Refused,
                }
            }
            Err(error) => {
                if std::mem::take(&mut self.reachable) {
                    tracing::warn!(error = %error.without_url(), "Sentry cannot be reached (SENTRY_DSN)");
                }
                Outcome::Unreachable
            }
        }
    }

    /// Notes how long Sentry wants to hear nothing more.
    fn heed(&mut self, status: StatusCode, headers: &HeaderMap) {
        let text = |name: &str| headers.get(name).map(HeaderValue::to_str).and_then(Result::ok);
        if let Some(limits) = text(RATE_LIMITS) {
            self.limits.update_from_sentry_header(limits);
        } else if let Some(wait) = text(RETRY_AFTER.as_str()) {
            self.limits.update_from_retry_after(wait);
        } else if status == StatusCode::TOO_MANY_REQUESTS {
            self.limits.update_from_429();
        }
    }
}
