//! Looks at the board, again and again.

use std::sync::Arc;
use std::time::Duration;

use hamdam_state::State;
use tokio_util::sync::CancellationToken;

use super::outage::Outage;
use super::upkeep::Beat;
use crate::metrics::Metrics;
use crate::posted::Posted;

/// Heeds what operators put up, until `stop`. While the state is away what was seen last holds.
pub(super) async fn heed(
    posted: Arc<Posted>,
    state: Arc<dyn State>,
    every: Duration,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) {
    let mut outage = Outage::new("looking at the board");
    let mut beat = Beat::new(every, stop);
    while beat.next().await {
        match posted.look(&*state, &metrics).await {
            Ok(()) => outage.over(&()),
            Err(error) => outage.failed((), &error),
        }
    }
}
