//! Queues broadcasts while there are some.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::outage::Outage;
use crate::broadcast::{Filler, Pass};
use crate::metrics::Metrics;
use crate::posted::Airing;

/// How long is waited for what is queued to go out, or for another instance to fall silent.
const BREATH: Duration = Duration::from_millis(250);
/// How long after a failure.
const AGAIN: Duration = Duration::from_secs(1);

/// Queues, again and again until `stop`; then leaves it to another instance.
pub(super) async fn fill(
    mut filler: Filler,
    mut airs: watch::Receiver<Arc<Airing>>,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) {
    let mut outage = Outage::new("queueing a broadcast");
    while !stop.is_cancelled() {
        let airing = airs.borrow_and_update().clone();
        let passed = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            passed = filler.pass(&airing) => passed,
        };
        metrics.leases.with_label_values(&["broadcast"]).set(i64::from(filler.leads()));
        let wait = match passed {
            Ok(pass) => {
                outage.over(&());
                match pass {
                    Pass::Done => Duration::ZERO,
                    Pass::Waits | Pass::StandsBy => BREATH,
                    Pass::Idle => Duration::MAX,
                }
            }
            Err(error) => {
                outage.failed((), &error);
                AGAIN
            }
        };
        tokio::select! {
            changed = airs.changed() => if changed.is_err() { break },
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => {}
        }
    }
    if let Err(error) = filler.leave().await {
        tracing::debug!(%error, "the lease of broadcasts could not be given back; it runs out by itself");
    }
}
