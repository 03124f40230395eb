//! What is done beside sending and matching: the journal, the audit, the gauges, and deleting what is old.

use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::id::Shard;
use hamdam_state::State;
use hamdam_state::step::sending::Depth;
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::outage::Outage;
use super::pools::Led;
use crate::audit::Audit;
use crate::journal::Journal;
use crate::lease::Holdings;
use crate::metrics::Metrics;
use crate::retention::Retention;

/// Writes the journals of owned shards into the database, again and again until `stop`. While the database is away
/// facts wait, chats go on, and it is asked again after a longer pause.
pub(super) async fn journal(
    mut journal: Journal,
    every: Duration,
    holdings: Arc<Holdings>,
    stop: CancellationToken,
) {
    let mut outage = Outage::new("writing the journal");
    let mut wait = Duration::ZERO;
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        let shards = holdings.held();
        // Cut off by the end, a pass leaves to the next owner what it did not finish.
        let passed = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            passed = journal.pass(&shards) => passed,
        };
        wait = match passed {
            Ok(passed) => {
                outage.over(&());
                if passed.more { Duration::ZERO } else { every }
            }
            Err(error) => {
                outage.failed((), &error);
                every.saturating_mul(2)
            }
        };
    }
}

/// Between two steps of [`retention`]: who writes rows meanwhile waits for nobody for long.
const BREATH: Duration = Duration::from_millis(100);

/// Deletes what is too old, again and again until `stop`; one instance of the fleet at a time, the one that owns the first
/// shard. Two at once, as for a moment after a hand-over, would only find less.
pub(super) async fn retention(
    retention: Retention,
    every: Duration,
    holdings: Arc<Holdings>,
    stop: CancellationToken,
) {
    let mut outage = Outage::new("deleting old rows");
    // Apart from the other: an account may delete rows and change no table.
    let mut unturned = Outage::new("turning over partitions");
    let mut more = false;
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = tokio::time::sleep(if more { BREATH } else { every }) => {}
        }
        let goes_on = std::mem::take(&mut more);
        if !holdings.held().iter().any(|(shard, _)| *shard == Shard(0)) {
            continue;
        }
        if !goes_on {
            let turned = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                turned = retention.turn() => turned,
            };
            match turned {
                Ok(()) => unturned.over(&()),
                Err(error) => unturned.failed((), &error),
            }
        }
        let passed = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            passed = retention.pass() => passed,
        };
        match passed {
            Ok(left) => {
                outage.over(&());
                more = left;
            }
            Err(error) => outage.failed((), &error),
        }
    }
}

/// Audits the users of owned shards and the tickets of led pools, again and again until `stop`.
pub(super) async fn audit(
    mut audit: Audit,
    every: Duration,
    holdings: Arc<Holdings>,
    led: Arc<Led>,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) {
    let mut outage = Outage::new("the audit");
    let mut beat = Beat::new(every, stop);
    while beat.next().await {
        let shards: Vec<_> = holdings.held().into_iter().map(|(shard, _)| shard).collect();
        match audit.walk(&shards, &led.list()).await {
            Ok(walk) => {
                outage.over(&());
                for (mend, times) in walk.mends {
                    tracing::warn!(what = mend.label(), times, "the audit mended what should not have been");
                    let times = u64::try_from(times).unwrap_or(u64::MAX);
                    metrics.audit_repairs.with_label_values(&[mend.label()]).inc_by(times);
                }
            }
            Err(error) => outage.failed((), &error),
        }
    }
}

/// Reads the gauges that only the state knows, again and again until `stop`.
pub(super) async fn gauges(
    state: Arc<dyn State>,
    every: Duration,
    holdings: Arc<Holdings>,
    led: Arc<Led>,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) {
    let mut outage = Outage::new("reading gauges");
    let mut beat = Beat::new(every, stop);
    while beat.next().await {
        let shards = holdings.held();
        let pools = led.list();
        let hold = |kind: &str, count: usize| {
            metrics.leases.with_label_values(&[kind]).set(i64::try_from(count).unwrap_or(i64::MAX));
        };
        let read = async {
            let memory = state.ping().await?;
            let mut sum = Depth::default();
            for (shard, _) in &shards {
                add(&mut sum, &state.depth(*shard).await?);
            }
            Ok::<_, hamdam_state::StateError>((memory, sum))
        };
        match read.await {
            Ok((memory, depth)) => {
                outage.over(&());
                hold("shard", shards.len());
                hold("pool", pools.len());
                let bytes = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
                metrics.redis_memory_bytes.set(bytes(memory.used));
                metrics.redis_memory_limit_bytes.set(bytes(memory.limit.unwrap_or_default()));
                show(&metrics, &depth);
            }
            Err(error) => {
                // While live state is away leases run out, and nobody can renew them.
                hold("shard", 0);
                hold("pool", 0);
                outage.failed((), &error);
            }
        }
    }
}

/// Counts add up; of ages the oldest counts.
fn add(sum: &mut Depth, shard: &Depth) {
    sum.outbox += shard.outbox;
    sum.journal += shard.journal;
    sum.waiting += shard.waiting;
    sum.chatting += shard.chatting;
    sum.outbox_oldest_ms = sum.outbox_oldest_ms.max(shard.outbox_oldest_ms);
    sum.journal_oldest_ms = sum.journal_oldest_ms.max(shard.journal_oldest_ms);
}

fn show(metrics: &Metrics, depth: &Depth) {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let seconds = |ms: u64| Duration::from_millis(ms).as_secs_f64();
    metrics.outbox_entries.set(count(depth.outbox));
    metrics.outbox_oldest_seconds.set(seconds(depth.outbox_oldest_ms));
    metrics.journal_lag_seconds.set(seconds(depth.journal_oldest_ms));
    metrics.active_users.with_label_values(&["waiting"]).set(count(depth.waiting));
    metrics.active_users.with_label_values(&["chatting"]).set(count(depth.chatting));
}

/// Comes every so often until `stop`.
pub(super) struct Beat {
    tick: Interval,
    stop: CancellationToken,
}

impl Beat {
    pub(super) fn new(every: Duration, stop: CancellationToken) -> Self {
        let mut tick = tokio::time::interval(every);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { tick, stop }
    }

    /// Waits for the next one; `false` when it is time to stop.
    pub(super) async fn next(&mut self) -> bool {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => false,
            _ = self.tick.tick() => true,
        }
    }
}
