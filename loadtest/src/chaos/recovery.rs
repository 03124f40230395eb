//! How soon after a fault everything is as it was before.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::gauge::series::{Histogram, total};
use crate::run::Drive;

/// Latency is measured over so long.
const WINDOW: Duration = Duration::from_secs(1);
/// So many messages in a window make a percentile.
const ENOUGH: f64 = 5.0;
/// A fleet that has not recovered by then never does.
const NEVER: Duration = Duration::from_mins(1);
/// An instance that takes longer to show its metrics is away.
const READING: Duration = Duration::from_secs(2);

/// How things go when nothing is wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Normal {
    /// The bucket in which 95 of 100 relays lie, in seconds.
    p95: f64,
}

impl Default for Normal {
    /// Anything below a tenth of a second.
    fn default() -> Self {
        Self { p95: 0.1 }
    }
}

impl Normal {
    /// Looks for so long.
    pub(super) async fn observe(drive: &Drive, time: Duration) -> Self {
        let before = relays(drive).await;
        sleep(time).await;
        let after = relays(drive).await;
        let usual = Self::default().p95;
        Self { p95: after.since(&before).bound_of(0.95).map_or(usual, |p95| p95.max(usual)) }
    }

    /// Waits until latency is normal and the outbox holds no more than a second's messages; answers how long that
    /// took since `ended`. `None`: it did not come about.
    pub(super) async fn returns(self, drive: &Drive, ended: Instant) -> Option<Duration> {
        let mut before = relays(drive).await;
        while ended.elapsed() < NEVER {
            let at = Instant::now();
            sleep(WINDOW).await;
            let now = relays(drive).await;
            let lately = now.since(&before);
            let in_time = lately.bound_of(0.95).is_some_and(|p95| p95 <= self.p95);
            if lately.count() >= ENOUGH && in_time && waiting(drive).await <= lately.count() {
                // The window was normal from its beginning.
                return Some(at - ended);
            }
            before = now;
        }
        None
    }
}

async fn relays(drive: &Drive) -> Histogram {
    let mut all = Histogram::default();
    for (_, page) in drive.pages(READING).await {
        all.add(&Histogram::read(&page, "hamdam_relay_seconds"));
    }
    all
}

async fn waiting(drive: &Drive) -> f64 {
    drive.pages(READING).await.iter().map(|(_, page)| total(page, "hamdam_outbox_entries", "")).sum()
}
