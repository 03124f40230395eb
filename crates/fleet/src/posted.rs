//! What operators put up for the fleet, as this instance saw it last. It is looked at several times a second, so that no
//! update has to ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use hamdam_domain::board::Maintenance;
use hamdam_domain::broadcast::{BroadcastId, Course, Plan};
use hamdam_state::step::board::Board;
use hamdam_state::{Result, State};
use tokio::sync::watch;

use crate::metrics::Metrics;

/// The board as it was seen last. Nothing was put up before the first look.
#[derive(Debug, Default)]
pub struct Posted {
    maintenance: watch::Sender<Option<Maintenance>>,
    airing: watch::Sender<Arc<Airing>>,
}

/// The broadcasts that are not over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Airing {
    newest: BroadcastId,
    under_way: BTreeMap<BroadcastId, (Course, Arc<Plan>)>,
}

/// How a broadcast stands, as far as this instance knows.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// It goes out.
    Runs(&'a Plan),
    /// Nothing of it goes out for now, or it is too new to be known here.
    Waits,
    /// Nothing more of it goes out.
    IsOver,
}

impl Airing {
    /// How a broadcast stands.
    #[must_use]
    pub fn of(&self, broadcast: BroadcastId) -> Seen<'_> {
        match self.under_way.get(&broadcast) {
            Some((Course::Running, plan)) => Seen::Runs(plan),
            Some((Course::Paused, _)) => Seen::Waits,
            None if broadcast > self.newest => Seen::Waits,
            Some((Course::Cancelled, _)) | None => Seen::IsOver,
        }
    }

    /// Whether something of one is to be done on shards: to be sent, or dropped.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.under_way.values().any(|(course, _)| *course != Course::Paused)
    }

    /// What is to be queued or concluded, the oldest first.
    pub fn under_way(&self) -> impl Iterator<Item = (BroadcastId, Course)> {
        self.under_way.iter().map(|(number, (course, _))| (*number, *course))
    }
}

impl Posted {
    /// Looks, and tells the gauge. The plan of a broadcast never changes, so it is read once.
    pub async fn look(&self, state: &dyn State, metrics: &Metrics) -> Result<()> {
        let board = state.board().await?;
        metrics.maintenance.set(match board.maintenance {
            None => 0,
            Some(Maintenance::RoomsGoOn) => 1,
            Some(Maintenance::RoomsRest) => 2,
        });
        replace(&self.maintenance, board.maintenance);
        let airing = self.airing(&board, state).await?;
        replace(&self.airing, Arc::new(airing));
        Ok(())
    }

    async fn airing(&self, board: &Board, state: &dyn State) -> Result<Airing> {
        let known = self.airing.borrow().clone();
        let mut airing = Airing { newest: board.newest, under_way: BTreeMap::new() };
        for (number, course) in &board.broadcasts {
            let plan = match known.under_way.get(number) {
                Some((_, plan)) => Some(plan.clone()),
                None => state.broadcast(*number).await?.map(|broadcast| Arc::new(broadcast.plan)),
            };
            airing.under_way.extend(plan.map(|plan| (*number, (*course, plan))));
        }
        Ok(airing)
    }

    /// In which way the fleet is closed for maintenance.
    pub fn maintenance(&self) -> Option<Maintenance> {
        *self.maintenance.borrow()
    }

    /// The broadcasts that are not over, now and as that changes.
    pub fn airs(&self) -> watch::Receiver<Arc<Airing>> {
        self.airing.subscribe()
    }
}

fn replace<T: PartialEq>(seen: &watch::Sender<T>, now: T) {
    seen.send_if_modified(|seen| {
        let changed = *seen != now;
        if changed {
            *seen = now;
        }
        changed
    });
}
