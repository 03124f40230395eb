//! Says that this instance lives, and hears who else does.

use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::clock::Clock;
use hamdam_state::State;
use hamdam_state::step::instance::Instance;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::outage::Outage;
use super::settings::Timing;
use crate::roster::Roster;

/// What the heartbeat loop works with.
pub(super) struct Heartbeat {
    pub(super) state: Arc<dyn State>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) me: Instance,
    pub(super) timing: Timing,
    pub(super) roster: watch::Sender<Roster>,
}

impl Heartbeat {
    /// Beats until `stop`, then takes this instance off the list, so that the others begin to take over at once.
    ///
    /// After a gap (a start, an outage, a pause) the first answer is not believed: the others may be on their way
    /// back too, and whoever comes first would take everything from everybody.
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::new("the heartbeat");
        let mut last: Option<Duration> = None;
        loop {
            let sent = self.clock.monotonic();
            let mut wait = self.timing.heartbeat;
            match self.state.heartbeat(&self.me, self.timing.heartbeat_life).await {
                Ok(live) => {
                    outage.over(&());
                    let known = last.replace(sent);
                    match known {
                        Some(known) => {
                            if sent.saturating_sub(known) < self.timing.heartbeat_life {
                                self.publish(&live);
                            }
                        }
                        None => wait /= 4,
                    }
                }
                Err(error) => {
                    outage.failed((), &error);
                    wait /= 2;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => break,
            }
        }
        if let Err(error) = self.state.retire(&self.me.id).await {
            tracing::debug!(%error, "the heartbeat could not be taken back; it runs out by itself");
        }
    }

    fn publish(&self, live: &[Instance]) {
        let now = Roster::new(live);
        self.roster.send_if_modified(|roster| {
            let changed = *roster != now;
            if changed {
                tracing::info!(instances = live.len(), "the fleet changed");
                *roster = now;
            }
            changed
        });
    }
}
