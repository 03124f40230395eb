//! Drives the senders of an instance's shards: one task for all of them. Calls, turns and requests for permits are
//! futures beside each other; each shard decides by itself what is next.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use hamdam_domain::id::{BotId, Shard};
use hamdam_state::StateError;
use hamdam_state::step::bot::{Budget, Granted};
use hamdam_state::step::broadcast::{BulkTurn, BulkTurned};
use hamdam_state::step::sending::{Ring, Turn, Turned};
use hamdam_state::step::{Fenced, Holder};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::bulk::BulkSender;
use super::core::{ShardSender, Taken};
use super::limits::Limits;
use super::permits::{Ask, Permits};
use super::work::{Done, Tools, Work, perform};
use crate::metrics::Metrics;
use crate::posted::Airing;
use crate::run::BotRate;
use crate::run::outage::Outage;

/// Events taken in before shards are looked at again.
const GULP: usize = 64;
/// The shortest sleep.
const TICK: Duration = Duration::from_millis(1);
/// Turns of all shards go out together, in rounds at least so far apart: under load one write carries many turns to the
/// state and one read brings their answers, and a lone message still finds the last round long past.
const ROUND: Duration = Duration::from_millis(25);

/// What a driver is told.
#[derive(Debug)]
pub enum Command {
    /// Send for this shard, whose lease was just taken.
    Adopt(Taken),
    /// Hand this shard over.
    Retire(Shard),
}

/// What a driver tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// The shard's lease was given back, or is somebody else's: nothing more is done in its name.
    Ended(Shard),
}

/// How fast it may be sent, over the whole fleet.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// By one token.
    pub bot: BotRate,
    /// Broadcasts by one token per second, within that.
    pub broadcasts: f64,
}

/// Drives senders.
pub struct Driver {
    tools: Arc<Tools>,
    limits: Limits,
    metrics: Arc<Metrics>,
    permits: Permits,
    /// The broadcasts' own, and which are under way.
    bulk_permits: Permits,
    airs: watch::Receiver<Arc<Airing>>,
    airing: Arc<Airing>,
    /// A shard that was lost and taken again may stand here twice for a while.
    senders: BTreeMap<Slot, Sender>,
    next_slot: Slot,
    /// Senders that something happened to.
    stirred: Vec<Slot>,
    under_way: FuturesUnordered<BoxFuture<'static, Event>>,
    reports: mpsc::UnboundedSender<Report>,
    outage: Outage<Shard>,
    /// When the next round of turns may begin.
    next_round: Duration,
}

type Slot = u64;

struct Sender {
    core: ShardSender,
    bulk: BulkSender,
    wake_at: Option<Duration>,
    is_stirred: bool,
    /// Told that it ended; its last calls are waited for.
    is_reported: bool,
    is_releasing: bool,
}

impl Sender {
    fn stir(&mut self, slot: Slot, stirred: &mut Vec<Slot>) {
        if !std::mem::replace(&mut self.is_stirred, true) {
            stirred.push(slot);
        }
    }
}

/// Something that was awaited.
enum Event {
    Turned(Slot, Result<Fenced<Turned>, StateError>),
    Done(Slot, Done),
    Granted(BotId, Option<Granted>),
    BulkTurned(Slot, Result<Fenced<BulkTurned>, StateError>),
    BulkDone(Slot, Done),
    BulkGranted(BotId, Option<Granted>),
    Released(Slot),
}

impl Driver {
    /// A driver without shards. Reports go to `reports`.
    pub fn new(
        tools: Tools,
        limits: Limits,
        rates: Rates,
        metrics: Arc<Metrics>,
        airs: watch::Receiver<Arc<Airing>>,
        reports: mpsc::UnboundedSender<Report>,
    ) -> Self {
        let airing = airs.borrow().clone();
        Self {
            tools: Arc::new(tools),
            limits,
            permits: Permits::new(rates.bot, metrics.clone()),
            bulk_permits: Permits::new(BotRate::PerSecond(rates.broadcasts), metrics.clone()),
            airs,
            airing,
            metrics,
            senders: BTreeMap::new(),
            next_slot: 0,
            stirred: Vec::new(),
            under_way: FuturesUnordered::new(),
            reports,
            outage: Outage::new("sending for a shard"),
            next_round: Duration::ZERO,
        }
    }

    /// Runs until `commands` is closed and every shard was handed over or lost.
    pub async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        let mut rings = self.tools.state.rings();
        let timer = sleep_until(Instant::now());
        tokio::pin!(timer);
        let mut timer_at = Duration::ZERO;
        let (mut open, mut ringing) = (true, true);
        while open || !self.senders.is_empty() {
            self.stir_due();
            self.pump();
            if let Some(wake_at) = self.wake_at().filter(|at| *at != timer_at || timer.is_elapsed()) {
                timer_at = wake_at;
                let wait = wake_at.saturating_sub(self.tools.clock.monotonic());
                // Never at once: whatever could be done at once was done above.
                timer.as_mut().reset(Instant::now() + wait.max(TICK));
            }
            tokio::select! {
                Some(event) = self.under_way.next() => self.take_in(event),
                ring = rings.recv(), if ringing => {
                    ringing = !matches!(ring, Err(RecvError::Closed));
                    self.ring(ring.ok());
                }
                command = commands.recv(), if open => {
                    open = command.is_some();
                    self.obey(command);
                }
                Ok(()) = self.airs.changed() => {
                    self.airing = self.airs.borrow_and_update().clone();
                    self.each(|_| true);
                }
                () = timer.as_mut(), if !timer.is_elapsed() => {}
            }
        }
    }

    fn take_in(&mut self, event: Event) {
        self.on(event);
        for _ in 1..GULP {
            match self.under_way.next().now_or_never() {
                Some(Some(event)) => self.on(event),
                Some(None) | None => return,
            }
        }
    }

    fn on(&mut self, event: Event) {
        let now = self.tools.clock.monotonic();
        match event {
            Event::Done(slot, done) => {
                if let Some(sender) = self.senders.get_mut(&slot) {
                    sender.core.done(done, now, &mut self.permits);
                    self.stir(slot);
                }
            }
            Event::Turned(slot, answer) => {
                if let Some(sender) = self.senders.get_mut(&slot) {
                    let shard = sender.core.shard();
                    match &answer {
                        Ok(_) => self.outage.over(&shard),
                        Err(error) => self.outage.failed(shard, error),
                    }
                    sender.core.turned(answer, now, &mut self.permits);
                    self.stir(slot);
                }
            }
            Event::Granted(bot, granted) => {
                self.permits.granted(bot, granted, now);
                self.each(|sender| sender.core.waits_for_permit(bot));
            }
            Event::BulkDone(slot, done) => {
                if let Some(sender) = self.senders.get_mut(&slot) {
                    sender.bulk.done(done, now, &mut self.bulk_permits);
                    self.stir(slot);
                }
            }
            Event::BulkTurned(slot, answer) => {
                if let Some(sender) = self.senders.get_mut(&slot) {
                    if sender.bulk.turned(answer, now, &self.airing, &mut self.bulk_permits) {
                        // The outbox grew, and nobody has read it yet.
                        sender.core.rung(false);
                    }
                    self.stir(slot);
                }
            }
            Event::BulkGranted(bot, granted) => {
                self.bulk_permits.granted(bot, granted, now);
                self.each(|sender| sender.bulk.waits_for_permit(bot));
            }
            Event::Released(slot) => self.end(slot),
        }
    }

    /// A shard's outbox grew; `None`: some rings were missed, nobody knows whose.
    fn ring(&mut self, ring: Option<Ring>) {
        self.each(|sender| {
            let concerned = ring.is_none_or(|ring| sender.core.shard() == ring.shard);
            if concerned {
                sender.core.rung(ring.is_some_and(|ring| ring.at_once));
            }
            concerned
        });
    }

    /// `None`: nothing is commanded any more.
    fn obey(&mut self, command: Option<Command>) {
        match command {
            Some(Command::Adopt(taken)) => {
                let bulk = BulkSender::new(&taken, self.limits.clone(), self.metrics.clone());
                let core = ShardSender::new(taken, self.limits.clone(), self.metrics.clone());
                let sender = Sender {
                    core,
                    bulk,
                    wake_at: None,
                    is_stirred: false,
                    is_reported: false,
                    is_releasing: false,
                };
                self.senders.insert(self.next_slot, sender);
                self.stir(self.next_slot);
                self.next_slot += 1;
            }
            Some(Command::Retire(shard)) => self.retire(Some(shard)),
            None => self.retire(None),
        }
    }

    /// Hands one shard over, or all.
    fn retire(&mut self, shard: Option<Shard>) {
        self.each(|sender| {
            let concerned = shard.is_none_or(|shard| sender.core.shard() == shard);
            if concerned {
                sender.core.retire();
                sender.bulk.retire();
            }
            concerned
        });
    }

    /// Something happened to a sender.
    fn stir(&mut self, slot: Slot) {
        if let Some(sender) = self.senders.get_mut(&slot) {
            sender.stir(slot, &mut self.stirred);
        }
    }

    /// Does something to senders, and has those it answers `true` for looked at.
    fn each(&mut self, mut touch: impl FnMut(&mut Sender) -> bool) {
        for (slot, sender) in &mut self.senders {
            if touch(sender) {
                sender.stir(*slot, &mut self.stirred);
            }
        }
    }

    fn stir_due(&mut self) {
        let now = self.tools.clock.monotonic();
        let resumed = self.permits.resume(now) | self.bulk_permits.resume(now);
        self.each(|sender| resumed || sender.wake_at.is_some_and(|at| at <= now));
    }

    /// Lets every stirred shard do what it can do now. A turn that is due between two rounds waits for the next, unless
    /// it is urgent.
    fn pump(&mut self) {
        let begun = self.tools.clock.monotonic();
        let is_round = begun >= self.next_round;
        // Permits are few at times, and whoever had none for longest comes first.
        let senders = &self.senders;
        self.stirred.sort_by_key(|slot| Reverse(senders.get(slot).map(|sender| sender.core.served_at())));
        while let Some(slot) = self.stirred.pop() {
            let now = self.tools.clock.monotonic();
            let Some(sender) = self.senders.get_mut(&slot) else { continue };
            sender.is_stirred = false;
            while let Some(work) = sender.core.next_work(now, &mut self.permits) {
                self.under_way.push(work_on(self.tools.clone(), slot, work));
            }
            let may_go = is_round || sender.core.is_urgent();
            if may_go && let Some(turn) = sender.core.next_turn(now, &mut self.permits) {
                self.under_way.push(take_turn(self.tools.clone(), slot, turn));
                if is_round {
                    self.next_round = begun + ROUND;
                }
            }
            // Permits are asked for at once, so that a quiet token has them when the next round comes.
            sender.core.demand(now, &mut self.permits);
            let not_before = if sender.core.is_urgent() { now } else { self.next_round };
            sender.wake_at = sender.core.wake_at(now, &mut self.permits).map(|at| at.max(not_before));
            self.pump_bulk(slot, now, is_round);
            self.settle(slot);
        }
        let now = self.tools.clock.monotonic();
        while let Some(ask) = self.permits.ask(now) {
            self.under_way.push(get_permits(self.tools.clone(), ask));
        }
        while let Some(ask) = self.bulk_permits.ask(now) {
            self.under_way.push(get_bulk_permits(self.tools.clone(), ask, self.permits.budget()));
        }
    }

    /// Behind the shard's conversations, and only while these are quiet, its broadcasts.
    fn pump_bulk(&mut self, slot: Slot, now: Duration, is_round: bool) {
        let Some(sender) = self.senders.get_mut(&slot) else { return };
        let (bulk, airing, permits) = (&mut sender.bulk, &self.airing, &mut self.bulk_permits);
        if sender.core.is_lost() {
            bulk.lose();
        }
        let quiet = sender.core.is_quiet();
        while let Some(work) = bulk.next_work(now, airing, quiet, permits) {
            if matches!(work, Work::Call(_)) {
                sender.core.passed(now);
            }
            self.under_way.push(work_on_bulk(self.tools.clone(), slot, work));
        }
        let conversations = sender.core.cursor();
        if is_round && let Some(turn) = bulk.next_turn(now, airing, quiet, conversations, permits) {
            self.under_way.push(take_bulk_turn(self.tools.clone(), slot, turn));
        }
        let wake_at = bulk.wake_at(now, airing, quiet, permits).map(|at| at.max(self.next_round));
        sender.wake_at = [sender.wake_at, wake_at].into_iter().flatten().min();
    }

    /// Ends what is finished.
    fn settle(&mut self, slot: Slot) {
        let Some(sender) = self.senders.get_mut(&slot) else { return };
        let (shard, lost) = (sender.core.shard(), sender.core.is_lost());
        if lost && !sender.is_reported {
            sender.is_reported = true;
            tracing::warn!(shard = shard.0, "a shard's lease was lost; its sender stopped");
            self.outage.over(&shard);
            // The receiver is gone only when the whole instance stops.
            let _ = self.reports.send(Report::Ended(shard));
        }
        if !sender.core.is_finished() || !sender.bulk.is_finished() || sender.is_releasing {
            return;
        }
        if lost {
            self.senders.remove(&slot);
        } else {
            sender.is_releasing = true;
            sender.wake_at = None;
            let release = give_back(self.tools.clone(), slot, shard, sender.core.holder().clone());
            self.under_way.push(release);
        }
    }

    fn end(&mut self, slot: Slot) {
        if let Some(sender) = self.senders.remove(&slot) {
            let shard = sender.core.shard();
            self.outage.over(&shard);
            let _ = self.reports.send(Report::Ended(shard));
        }
    }

    fn wake_at(&self) -> Option<Duration> {
        let senders = self.senders.values().filter_map(|sender| sender.wake_at);
        senders.chain(self.permits.wake_at()).chain(self.bulk_permits.wake_at()).min()
    }
}

fn work_on(tools: Arc<Tools>, slot: Slot, work: Work) -> BoxFuture<'static, Event> {
    Box::pin(async move { Event::Done(slot, perform(work, &tools).await) })
}

fn take_turn(tools: Arc<Tools>, slot: Slot, turn: Arc<Turn>) -> BoxFuture<'static, Event> {
    Box::pin(async move { Event::Turned(slot, tools.state.turn(&turn).await) })
}

fn get_permits(tools: Arc<Tools>, ask: Ask) -> BoxFuture<'static, Event> {
    Box::pin(async move {
        let granted = tools.state.permits(ask.bot, ask.want, &ask.budget).await;
        Event::Granted(ask.bot, granted.inspect_err(|error| tracing::debug!(%error, "no permits")).ok())
    })
}

fn work_on_bulk(tools: Arc<Tools>, slot: Slot, work: Work) -> BoxFuture<'static, Event> {
    Box::pin(async move { Event::BulkDone(slot, perform(work, &tools).await) })
}

fn take_bulk_turn(tools: Arc<Tools>, slot: Slot, turn: Arc<BulkTurn>) -> BoxFuture<'static, Event> {
    Box::pin(async move { Event::BulkTurned(slot, tools.state.bulk_turn(&turn).await) })
}

fn get_bulk_permits(tools: Arc<Tools>, ask: Ask, budget: Option<Budget>) -> BoxFuture<'static, Event> {
    Box::pin(async move {
        let granted = tools.state.bulk_permits(ask.bot, ask.want, &ask.budget, budget.as_ref()).await;
        Event::BulkGranted(ask.bot, granted.inspect_err(|error| tracing::debug!(%error, "no permits")).ok())
    })
}

fn give_back(tools: Arc<Tools>, slot: Slot, shard: Shard, holder: Holder) -> BoxFuture<'static, Event> {
    Box::pin(async move {
        if let Err(error) = tools.state.release_lease(shard, &holder).await {
            tracing::debug!(shard = shard.0, %error, "a lease could not be given back; it runs out by itself");
        }
        Event::Released(slot)
    })
}
