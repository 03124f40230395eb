//! How a fleet does, second by second: what its instances show and what the run sees.

use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::gauge::kernel;
use crate::gauge::series::{Histogram, total};
use crate::report::{Live, Phase};
use crate::run::Drive;

const EVERY: Duration = Duration::from_secs(1);
/// An instance that takes longer to show its metrics shows nothing in that second.
const READING: Duration = Duration::from_millis(900);

/// The fleet at one moment. Latencies are of the second before, and as coarse as the buckets of the metric.
#[derive(Clone, Debug, Serialize)]
pub struct Pulse {
    /// Since the run began.
    pub at_seconds: f64,
    /// What the run was at.
    pub phase: Phase,
    /// Users in rooms.
    pub seated: usize,
    /// Messages that arrived.
    pub relayed_per_second: f64,
    /// Half took less.
    pub relay_p50_ms: Option<f64>,
    /// 99 of 100 took less.
    pub relay_p99_ms: Option<f64>,
    /// 99 of 100 took less.
    pub webhook_p99_ms: Option<f64>,
    /// Tickets in the pool.
    pub waiting: f64,
    /// Entries that wait to be sent.
    pub outbox: f64,
    /// Database connections that worked, over all instances.
    pub db_connections: f64,
    /// Database connections beyond the pool, over all instances.
    pub db_overflow: f64,
    /// Database connections that were open, over all instances.
    pub db_open: f64,
    /// Connections to Redis, over all instances.
    pub redis_connections: f64,
    /// Instances that lead a pool's matchmaking.
    pub matchmakers: f64,
    /// `used_memory` of Redis.
    pub redis_bytes: u64,
    /// Resident memory of all instances.
    pub instances_bytes: u64,
}

/// Takes the pulse of the fleet that a run is driven through.
#[derive(Debug)]
pub(crate) struct Physician<'a> {
    drive: &'a Drive,
    began: Instant,
    before: Page,
}

/// What all instances showed at one moment.
#[derive(Debug, Default)]
struct Page {
    relay: Histogram,
    webhook: Histogram,
    busy: f64,
    overflow: f64,
    open: f64,
    redis_connections: f64,
    waiting: f64,
    outbox: f64,
    matchmakers: f64,
    redis_memory: f64,
}

impl<'a> Physician<'a> {
    /// Time counts from `began`.
    pub(crate) fn new(drive: &'a Drive, began: Instant) -> Self {
        Self { drive, began, before: Page::default() }
    }

    /// Takes it every second while `work` goes on, and answers both.
    pub(crate) async fn beside<T>(mut self, work: impl Future<Output = T>) -> (T, Vec<Pulse>) {
        let mut beat = interval(EVERY);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut series = Vec::new();
        let mut work = std::pin::pin!(work);
        loop {
            let taken = async {
                beat.tick().await;
                // A busy simulator may be late, and before the run has begun there is nothing to look at.
                match self.drive.live().await {
                    Ok(live) if live.phase != Phase::Resting => Some(self.take(&live).await),
                    _ => None,
                }
            };
            tokio::select! {
                done = &mut work => return (done, series),
                pulse = taken => series.extend(pulse),
            }
        }
    }

    /// Takes it once.
    pub(crate) async fn take(&mut self, live: &Live) -> Pulse {
        let page = self.page().await;
        let (relay, webhook) =
            (page.relay.since(&self.before.relay), page.webhook.since(&self.before.webhook));
        let ms = |histogram: &Histogram, share| histogram.bound_of(share).map(|seconds| seconds * 1_000.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a gauge of bytes")]
        let redis_bytes = page.redis_memory as u64;
        let pids = self.drive.pids();
        let pulse = Pulse {
            at_seconds: self.began.elapsed().as_secs_f64(),
            phase: live.phase,
            seated: live.seated,
            relayed_per_second: live.relayed_per_second,
            relay_p50_ms: ms(&relay, 0.5),
            relay_p99_ms: ms(&relay, 0.99),
            webhook_p99_ms: ms(&webhook, 0.99),
            waiting: page.waiting,
            outbox: page.outbox,
            db_connections: page.busy,
            db_overflow: page.overflow,
            db_open: page.open,
            redis_connections: page.redis_connections,
            matchmakers: page.matchmakers,
            redis_bytes,
            // One that was just killed holds nothing.
            instances_bytes: pids.into_iter().filter_map(|pid| kernel::resident(pid).ok()).sum(),
        };
        self.before = page;
        pulse
    }

    async fn page(&self) -> Page {
        let mut all = Page::default();
        for (_, page) in self.drive.pages(READING).await {
            all.relay.add(&Histogram::read(&page, "hamdam_relay_seconds"));
            all.webhook.add(&Histogram::read(&page, "hamdam_webhook_seconds"));
            all.busy += total(&page, "hamdam_db_pool_connections", "state=\"busy\"");
            all.overflow += total(&page, "hamdam_db_pool_connections", "state=\"overflow\"");
            all.open += total(&page, "hamdam_db_pool_connections", "");
            all.redis_connections += total(&page, "hamdam_redis_pool_connections", "");
            all.waiting += total(&page, "hamdam_queue_tickets", "");
            all.outbox += total(&page, "hamdam_outbox_entries", "");
            all.matchmakers += total(&page, "hamdam_leases", "kind=\"pool\"");
            // Each instance tells of the same Redis.
            all.redis_memory = all.redis_memory.max(total(&page, "hamdam_redis_memory_bytes", ""));
        }
        all
    }
}
