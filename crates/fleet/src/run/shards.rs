//! Takes the shards that should be ours, and hands over those that should not.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use hamdam_domain::clock::Clock;
use hamdam_domain::id::{InstanceId, Shard};
use hamdam_state::step::{Fenced, Holder};
use hamdam_state::{State, StateError};
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::outage::Outage;
use super::settings::Timing;
use crate::lease::Holdings;
use crate::roster::Roster;
use crate::sender::{Command, Report, Taken};

/// What the loop over shards works with.
pub(super) struct Keeper {
    pub(super) state: Arc<dyn State>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) me: InstanceId,
    pub(super) timing: Timing,
    pub(super) holdings: Arc<Holdings>,
    pub(super) roster: watch::Receiver<Roster>,
    pub(super) commands: mpsc::UnboundedSender<Command>,
    pub(super) reports: mpsc::UnboundedReceiver<Report>,
}

/// What came of asking for a lease.
struct Answer {
    shard: Shard,
    result: Result<Option<Taken>, StateError>,
}

impl Keeper {
    /// Keeps what is ours until `stop`, then hands everything over. The driver ends after it.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(self.timing.claim_leases);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut asking = FuturesUnordered::new();
        let mut outage = Outage::new("asking for a shard's lease");
        let mut stopping = false;
        while !(stopping && asking.is_empty() && self.holdings.is_clear()) {
            tokio::select! {
                _ = tick.tick() => {
                    for shard in self.holdings.to_ask() {
                        asking.push(take(self.state.clone(), self.clock.clone(), self.me.clone(), shard, &self.timing));
                    }
                }
                Some(answer) = asking.next() => self.answered(answer, &mut outage).await,
                Some(Report::Ended(shard)) = self.reports.recv() => self.holdings.ended(shard),
                Ok(()) = self.roster.changed(), if !stopping => {
                    let roster = self.roster.borrow_and_update().clone();
                    self.follow(&roster);
                }
                () = stop.cancelled(), if !stopping => {
                    stopping = true;
                    self.follow(&Roster::nobody());
                }
            }
        }
    }

    fn follow(&self, roster: &Roster) {
        for shard in self.holdings.follow(roster) {
            self.command(Command::Retire(shard));
        }
    }

    /// The driver is gone only if it panicked; then the instance is on its way out.
    fn command(&self, command: Command) {
        if self.commands.send(command).is_err() {
            tracing::error!("shards have nobody to drive them");
        }
    }

    async fn answered(&self, answer: Answer, outage: &mut Outage<Shard>) {
        let Answer { shard, result } = answer;
        match result {
            Ok(taken) => {
                outage.over(&shard);
                match taken {
                    Some(taken) if self.holdings.taken(shard, taken.holder.clone()) => {
                        self.command(Command::Adopt(taken));
                    }
                    Some(taken) => {
                        if let Err(error) = self.state.release_lease(shard, &taken.holder).await {
                            tracing::debug!(shard = shard.0, %error, "an unwanted lease runs out by itself");
                        }
                        self.holdings.ended(shard);
                    }
                    None => self.holdings.refused(shard),
                }
            }
            Err(error) => {
                outage.failed(shard, &error);
                self.holdings.refused(shard);
            }
        }
    }
}

/// Takes a lease, if it is free, and looks what its last holder left.
async fn take(
    state: Arc<dyn State>,
    clock: Arc<dyn Clock>,
    me: InstanceId,
    shard: Shard,
    timing: &Timing,
) -> Answer {
    let sent = clock.monotonic();
    let result = async {
        let Some(epoch) = state.lease(shard, &me, timing.lease).await? else { return Ok(None) };
        let holder = Holder { owner: me, epoch };
        let Fenced::Held(inheritance) = state.inherit(shard, &holder).await? else { return Ok(None) };
        Ok(Some(Taken { shard, holder, sent, inheritance, answered: clock.monotonic() }))
    };
    Answer { shard, result: result.await }
}
