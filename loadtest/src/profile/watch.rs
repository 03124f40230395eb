//! Looks at the fleet every second while people chat.

use std::time::Duration;

use hamdam_testbed::fleet::Fleet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::measured::Sample;
use crate::gauge::parts::{self, Used};
use crate::gauge::series::{Histogram, total};
use crate::gauge::{kernel, memory};
use crate::report::{Live, Phase};
use crate::run::Control;

const EVERY: Duration = Duration::from_secs(1);

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Watched {
    pub(super) samples: Vec<Sample>,
    /// Used by each part while people talked, and how many messages were relayed meanwhile.
    pub(super) talked: [Used; 5],
    pub(super) relayed: u64,
    pub(super) statements: u64,
    pub(super) lasted: Duration,
    /// Threads of an instance.
    pub(super) threads: usize,
    pub(super) session_bytes: f64,
    pub(super) redis_bytes: u64,
}

pub(super) struct Watch<'a> {
    fleet: &'a mut Fleet,
    control: &'a Control,
    before: Page,
    watched: Watched,
}

/// What all instances showed at one moment.
#[derive(Default)]
struct Page {
    relay: Histogram,
    webhook: Histogram,
    busy: f64,
    overflow: f64,
    redis_connections: f64,
    waiting: f64,
    outbox: f64,
    redis_memory: f64,
}

/// Where people begin to talk.
struct Start {
    at: Instant,
    used: [Used; 5],
    relayed: u64,
    statements: u64,
}

impl<'a> Watch<'a> {
    pub(super) fn new(fleet: &'a mut Fleet, control: &'a Control) -> Self {
        Self { fleet, control, before: Page::default(), watched: Watched::default() }
    }

    /// Until the talk is over.
    pub(super) async fn until_the_end(mut self) -> anyhow::Result<Watched> {
        let began = Instant::now();
        let mut beat = interval(EVERY);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut start: Option<Start> = None;
        loop {
            beat.tick().await;
            // Before the run has begun there is nothing to look at yet, and a busy simulator may be late.
            let Ok(live) = self.control.live().await else { continue };
            match (live.phase, &start) {
                (Phase::Joining, _) | (Phase::Talking, Some(_)) => {}
                (Phase::Talking, None) => start = Some(self.start(&live).await?),
                (Phase::Draining | Phase::Closing | Phase::Resting, Some(start)) => {
                    self.end(start, &live).await?;
                    return Ok(self.watched);
                }
                // Over before it began: the verdict says why.
                (Phase::Draining | Phase::Closing, None) => return Ok(self.watched),
                (Phase::Resting, None) => continue,
            }
            self.sample(began.elapsed(), &live).await?;
        }
    }

    async fn start(&mut self, live: &Live) -> anyhow::Result<Start> {
        Ok(Start {
            at: Instant::now(),
            used: parts::read(self.fleet)?,
            relayed: live.relayed,
            statements: parts::statements(self.fleet).await?,
        })
    }

    async fn end(&mut self, start: &Start, live: &Live) -> anyhow::Result<()> {
        let used = parts::read(self.fleet)?;
        let watched = &mut self.watched;
        watched.lasted = start.at.elapsed();
        for ((sum, now), before) in watched.talked.iter_mut().zip(used).zip(start.used) {
            *sum = Used { cpu: now.cpu.saturating_sub(before.cpu), resident: now.resident };
        }
        watched.relayed = live.relayed - start.relayed;
        watched.statements = parts::statements(self.fleet).await?.saturating_sub(start.statements + 1);
        watched.threads = kernel::threads(self.fleet.instances[0].pid())?;
        watched.session_bytes = memory::per_session(&self.fleet.store.addresses()).await?;
        Ok(())
    }

    async fn sample(&mut self, at: Duration, live: &Live) -> anyhow::Result<()> {
        let page = self.page().await;
        let resident = parts::read(self.fleet)?.map(|used| used.resident);
        let (relay, webhook) =
            (page.relay.since(&self.before.relay), page.webhook.since(&self.before.webhook));
        let ms = |histogram: &Histogram, share| histogram.bound_of(share).map(|seconds| seconds * 1_000.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a gauge of bytes")]
        let redis_bytes = page.redis_memory as u64;
        self.watched.redis_bytes = self.watched.redis_bytes.max(redis_bytes);
        self.watched.samples.push(Sample {
            at_seconds: at.as_secs_f64(),
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
            redis_connections: page.redis_connections,
            resident_bytes: resident,
            redis_bytes,
        });
        self.before = page;
        Ok(())
    }

    /// An instance that does not answer now shows nothing.
    async fn page(&self) -> Page {
        let mut all = Page::default();
        for instance in &self.fleet.instances {
            let Ok(page) = instance.metrics().await else { continue };
            all.relay.add(&Histogram::read(&page, "hamdam_relay_seconds"));
            all.webhook.add(&Histogram::read(&page, "hamdam_webhook_seconds"));
            all.busy += total(&page, "hamdam_db_pool_connections", "state=\"busy\"");
            all.overflow += total(&page, "hamdam_db_pool_connections", "state=\"overflow\"");
            all.redis_connections += total(&page, "hamdam_redis_pool_connections", "");
            all.waiting += total(&page, "hamdam_queue_tickets", "");
            all.outbox += total(&page, "hamdam_outbox_entries", "");
            // Each instance tells of the same Redis.
            all.redis_memory = all.redis_memory.max(total(&page, "hamdam_redis_memory_bytes", ""));
        }
        all
    }
}
