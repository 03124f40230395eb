//! Leads the pools that should be led here: a batch, a pause until somebody new comes in or the interval has passed, a
//! batch.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hamdam_domain::clock::Clock;
use hamdam_domain::id::{InstanceId, PoolId};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::outage::Outage;
use crate::matchmaker::{Matchmaker, PassReport};
use crate::metrics::Metrics;
use crate::posted::Posted;
use crate::roster::Roster;

/// The pools this instance leads at the moment.
#[derive(Debug, Default)]
pub(super) struct Led(Mutex<BTreeSet<PoolId>>);

impl Led {
    pub(super) fn list(&self) -> Vec<PoolId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn set(&self, pool: &PoolId, leads: bool) {
        let mut led = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !leads {
            led.remove(pool);
        } else if !led.contains(pool) {
            led.insert(pool.clone());
        }
    }
}

/// Between two batches of a pool; longer if pairing takes longer, so that a storm of newcomers leaves half of the
/// processor's time to others.
const BREATH: Duration = Duration::from_millis(5);

/// What the loop over one pool works with.
pub(super) struct Leader {
    pub(super) matchmaker: Matchmaker,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) posted: Arc<Posted>,
    pub(super) me: InstanceId,
    pub(super) pools: Vec<PoolId>,
    pub(super) pools_at_once: usize,
    pub(super) interval: Duration,
    pub(super) rings: broadcast::Receiver<PoolId>,
    pub(super) roster: watch::Receiver<Roster>,
    pub(super) led: Arc<Led>,
    pub(super) metrics: Arc<Metrics>,
}

impl Leader {
    /// Leads the pool while the roster says so, until `stop`; then steps down.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut outage = Outage::new("matching");
        while !stop.is_cancelled() {
            let next = Instant::now() + self.interval;
            if self.is_mine() {
                let pairing = self.batch(&mut outage).await;
                let breath = pairing.clamp(BREATH, self.interval.max(BREATH));
                tokio::select! {
                    () = tokio::time::sleep_until(next) => {}
                    () = self.rung_after(breath) => {}
                    () = stop.cancelled() => {}
                }
            } else {
                self.step_down().await;
                tokio::select! {
                    changed = self.roster.changed() => if changed.is_err() { break },
                    () = stop.cancelled() => {}
                }
            }
        }
        self.step_down().await;
    }

    fn is_mine(&mut self) -> bool {
        let roster = self.roster.borrow_and_update();
        roster.leads(&self.me, &self.pools, self.pools_at_once).contains(self.matchmaker.pool())
    }

    /// Waits until somebody new has come in, `breath` at least: who comes in meanwhile shares a batch.
    async fn rung_after(&mut self, breath: Duration) {
        tokio::time::sleep(breath).await;
        loop {
            match self.rings.recv().await {
                Ok(pool) if pool == *self.matchmaker.pool() => return,
                Ok(_) => {}
                // Whose rings were lost cannot be told.
                Err(RecvError::Lagged(_)) => return,
                Err(RecvError::Closed) => return std::future::pending().await,
            }
        }
    }

    /// Answers how long the engine paired.
    async fn batch(&mut self, outage: &mut Outage<()>) -> Duration {
        let begun = self.clock.monotonic();
        self.matchmaker.rest(self.posted.maintenance().is_some());
        let outcome = self.matchmaker.pass().await;
        let took = self.clock.monotonic().saturating_sub(begun);
        match outcome {
            Ok(report) => {
                outage.over(&());
                self.note(&report, took);
                report.pairing
            }
            Err(error) => {
                outage.failed((), &error);
                Duration::ZERO
            }
        }
    }

    fn note(&self, report: &PassReport, took: Duration) {
        let pool = self.matchmaker.pool();
        self.led.set(pool, report.leads);
        if !report.leads {
            return self.forget_queue();
        }
        self.metrics.observe_batch(pool, took);
        self.metrics.pairing.observe(pool, report);
        let waiting = i64::try_from(report.waiting).unwrap_or(i64::MAX);
        self.metrics.queue_tickets.with_label_values(&[pool.0.as_str()]).set(waiting);
    }

    /// Whoever leads the pool tells its length; two instances must not.
    fn forget_queue(&self) {
        // There is nothing to remove if the pool was never led here.
        let _ = self.metrics.queue_tickets.remove_label_values(&[self.matchmaker.pool().0.as_str()]);
    }

    async fn step_down(&mut self) {
        self.led.set(self.matchmaker.pool(), false);
        self.forget_queue();
        if let Err(error) = self.matchmaker.step_down().await {
            tracing::debug!(%error, "a pool's lock could not be given back; it runs out by itself");
        }
    }
}
