//! Leads a pool: pairs its tickets in batches and carries the matches out.
//!
//! [`Matchmaker::pass`] is one batch. It awaits steps and the engine only ([`Pairing`]); the timer between two passes
//! stands around it, and dropping it anywhere is a crash. What makes it safe is not here but in the steps: the commit and
//! everything after it that touches the pool is checked against the lock's epoch, and what moves a session is conditional
//! on room and ticket, neither of which comes twice. So a holder that lost its lock in its sleep and wakes up changes
//! nothing.
//!
//! A match is carried out from the **stored** intent, never from the answer of the commit: the answer may be lost, and
//! the next holder must not need it.

mod carry;
mod moving;
mod news;
mod pairing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use hamdam_domain::clock::Clock;
use hamdam_domain::engine::{Engine, Pair, Rules};
use hamdam_domain::id::{InstanceId, PoolId, RoomIds};
use hamdam_domain::pools::WayOn;
use hamdam_domain::ticket::{Claimant, Intent, Ticket};
use hamdam_domain::wish::Class;
use hamdam_state::step::pool::{Change, Changes, FeedCursor};
use hamdam_state::step::{Fenced, Holder};
use hamdam_state::{Result, State};

use self::moving::Patience;
use self::news::News;
pub use self::news::Pace;
pub use self::pairing::{OnTheSpot, Paired, Pairing};

/// So many chunks are committed beside each other, and no more: Redis does little else meanwhile.
const COMMITS_AT_ONCE: usize = 4;

/// How a pool is led.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the operator decided about matching.
    pub rules: Rules,
    /// Where those go on whom this pool could not serve.
    pub way_on: Option<WayOn>,
    /// Life of the lock without renewal.
    pub lease: Duration,
    /// Pairs committed in one step: what bounds its time.
    pub chunk: usize,
    /// Intents carried out at the same time.
    pub width: usize,
    /// Tickets or changes read in one step.
    pub page: u32,
    /// When those who wait are told how it goes.
    pub news: Pace,
}

impl Settings {
    /// The usual, for these rules and this life of a lock, and a pool that nobody moves on from.
    #[must_use]
    pub fn new(rules: Rules, lease: Duration) -> Self {
        // Where processors are full a step takes a fifth of a second, so what can go side by side does: 64 at once were 120
        // pairs a second there, and 100,000 people who stay four minutes make 210.
        Self { rules, way_on: None, lease, chunk: 200, width: 512, page: 1_000, news: Pace::default() }
    }
}

/// One instance's part in one pool: leading it, or standing by.
pub struct Matchmaker {
    state: Arc<dyn State>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    pool: PoolId,
    /// The pool's own, for its room ids: [`State::number_pools`].
    pool_number: u8,
    owner: InstanceId,
    engine: Box<dyn Fn() -> Box<dyn Engine> + Send + Sync>,
    pairing: Arc<dyn Pairing>,
    /// Nobody is paired for now.
    rests: bool,
    led: Option<Led>,
}

/// What a holder has.
struct Led {
    holder: Holder,
    /// One for the whole epoch, so that no id comes twice.
    rooms: RoomIds,
    /// When the lock was last taken or renewed (monotonic).
    renewed: Duration,
    /// Every stored intent was carried out: only a commit of our own can have stored more.
    settled: bool,
    /// `None` until stock was taken.
    index: Option<Index>,
}

/// Who waits, as far as the feed was followed.
struct Index {
    engine: Box<dyn Engine>,
    patience: Patience,
    news: News,
    cursor: FeedCursor,
}

impl Index {
    fn remove(&mut self, claimant: &Claimant) {
        self.news.left(claimant);
        self.engine.remove(claimant);
    }
}

/// What one pass did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PassReport {
    /// Whether this instance had the lock at the end of the pass.
    pub leads: bool,
    /// Whether it took the lock, or took stock again, in this pass.
    pub took_stock: bool,
    /// Changes of the pool that were read.
    pub changes: usize,
    /// Pairs that were committed, as far as the answers tell.
    pub committed: usize,
    /// Rooms that came about.
    pub opened: usize,
    /// Matches that did not: somebody left, or blocks the other.
    pub given_up: usize,
    /// Of the rooms that came about, those whose users came by different bots.
    pub across_bots: usize,
    /// Pairs that came to nothing, by the step that refused them.
    pub refused: BTreeMap<&'static str, usize>,
    /// How long those who meet in an opened room had waited, with their priority class.
    pub waited: Vec<(Class, Duration)>,
    /// Tickets that moved on to a wider pool.
    pub moved_on: usize,
    /// How long the engine took to pair.
    pub pairing: Duration,
    /// Tickets left in the index.
    pub waiting: usize,
}

/// The lock is somebody else's.
struct Lost;

impl Matchmaker {
    /// Stands by for `pool`. `engine` makes an empty index.
    pub fn new(
        state: Arc<dyn State>,
        clock: Arc<dyn Clock>,
        settings: Settings,
        pool: PoolId,
        pool_number: u8,
        owner: InstanceId,
        engine: Box<dyn Fn() -> Box<dyn Engine> + Send + Sync>,
    ) -> Self {
        let pairing = Arc::new(OnTheSpot);
        Self { state, clock, settings, pool, pool_number, owner, engine, pairing, rests: false, led: None }
    }

    /// The same, with the engine pairing elsewhere than in the pass.
    #[must_use]
    pub fn pairing(self, pairing: Arc<dyn Pairing>) -> Self {
        Self { pairing, ..self }
    }

    /// From now on nobody is paired, or pairing goes on. What is committed is carried out, and the pool stays led.
    pub fn rest(&mut self, rests: bool) {
        self.rests = rests;
    }

    /// The pool.
    pub fn pool(&self) -> &PoolId {
        &self.pool
    }

    /// Whether the last pass ended with the lock held.
    pub fn leads(&self) -> bool {
        self.led.is_some()
    }

    /// One batch: takes or renews the lock, and if it is ours, finishes what was begun, reads what changed, pairs,
    /// commits and carries out.
    ///
    /// After an error the next pass goes on where this one stopped.
    pub async fn pass(&mut self) -> Result<PassReport> {
        let mut report = PassReport::default();
        let Some(mut led) = self.take_lock().await? else { return Ok(report) };
        let outcome = self.batch(&mut led, &mut report).await;
        report.waiting = led.index.as_ref().map_or(0, |index| index.engine.len());
        match outcome {
            // Whatever was known is another's now.
            Ok(Err(Lost)) => Ok(report),
            Ok(Ok(())) => {
                if let Some(index) = &mut led.index {
                    self.tell_news(&mut index.news, &*index.engine).await;
                }
                report.leads = true;
                self.led = Some(led);
                Ok(report)
            }
            Err(error) => {
                self.led = Some(led);
                Err(error)
            }
        }
    }

    /// Gives the lock back, so that another instance need not wait for its end.
    pub async fn step_down(&mut self) -> Result<()> {
        match self.led.take() {
            Some(led) => self.state.step_down(&self.pool, &led.holder).await,
            None => Ok(()),
        }
    }

    /// The lock under its present epoch. What was known under another epoch is forgotten.
    async fn take_lock(&mut self) -> Result<Option<Led>> {
        let sent = self.clock.monotonic();
        let Some(epoch) = self.state.lead(&self.pool, &self.owner, self.settings.lease).await? else {
            self.led = None;
            return Ok(None);
        };
        let known = self.led.take().filter(|led| led.holder.epoch == epoch);
        Ok(Some(match known {
            Some(led) => Led { renewed: sent, ..led },
            None => Led {
                holder: Holder { owner: self.owner.clone(), epoch },
                rooms: RoomIds::new(self.pool_number, epoch),
                renewed: sent,
                settled: false,
                index: None,
            },
        }))
    }

    async fn batch(&self, led: &mut Led, report: &mut PassReport) -> Result<std::result::Result<(), Lost>> {
        if !led.settled
            && let Err(lost) = self.finish(led, report).await?
        {
            return Ok(Err(lost));
        }
        self.follow(led, report).await?;
        if self.rests {
            return Ok(Ok(()));
        }
        let index = led.index.take().expect("followed above");
        let begun = self.clock.monotonic();
        let pairing = self.pairing.pair(index.engine, &self.settings.rules, self.clock.unix());
        let (engine, mut pairs) = pairing.await;
        report.pairing = self.clock.monotonic().saturating_sub(begun);
        led.index = Some(Index { engine, ..index });
        while !pairs.is_empty() {
            let at_once = self.settings.chunk.max(1) * COMMITS_AT_ONCE;
            let rest = pairs.split_off(pairs.len().min(at_once));
            let done = match self.commit(led, pairs, report).await {
                Ok(Ok(())) => self.finish(led, report).await,
                other => other,
            };
            if !matches!(done, Ok(Ok(()))) {
                put_back(led, rest);
                return done;
            }
            pairs = rest;
        }
        let index = led.index.as_mut().expect("followed above");
        self.move_on(index, report).await?;
        Ok(Ok(()))
    }

    /// Commits some chunks beside each other. What is not committed is waiting still, or the feed will tell.
    async fn commit(
        &self,
        led: &mut Led,
        pairs: Vec<Pair>,
        report: &mut PassReport,
    ) -> Result<std::result::Result<(), Lost>> {
        let now = self.clock.unix();
        let propose = |Pair { first, second }| Intent { room: led.rooms.next(now), first, second };
        let proposals: Vec<Intent> = pairs.into_iter().map(propose).collect();
        led.settled = false;
        let chunks = || proposals.chunks(self.settings.chunk.max(1));
        let holder = &led.holder;
        let answers = join_all(chunks().map(|chunk| self.state.commit(&self.pool, holder, chunk))).await;
        let (mut waiting, mut failed) = (Vec::new(), None);
        for (chunk, answer) in chunks().zip(answers) {
            match answer {
                Ok(Fenced::Held(committed)) => {
                    let refused = chunk.iter().zip(&committed).filter(|(_, committed)| !**committed);
                    let known = waiting.len();
                    waiting.extend(refused.map(|(proposal, _)| proposal));
                    let refused = waiting.len() - known;
                    report.committed += chunk.len() - refused;
                    if refused > 0 {
                        *report.refused.entry("commit").or_default() += refused;
                    }
                }
                Ok(Fenced::Lost) => return Ok(Err(Lost)),
                Err(error) => {
                    waiting.extend(chunk);
                    failed = Some(error);
                }
            }
        }
        let uncommitted =
            waiting.into_iter().cloned().map(|Intent { first, second, .. }| Pair { first, second });
        put_back(led, uncommitted);
        failed.map_or(Ok(Ok(())), Err)
    }

    /// Brings the index up to date: takes stock if nothing is known, then reads the feed to its end.
    async fn follow(&self, led: &mut Led, report: &mut PassReport) -> Result<()> {
        loop {
            if led.index.is_none() {
                led.index = Some(self.take_stock().await?);
                report.took_stock = true;
            }
            let index = led.index.as_mut().expect("put there above");
            match self.state.changes(&self.pool, index.cursor, self.settings.page, true).await? {
                Changes::Feed { changes, cursor, more } => {
                    report.changes += changes.len();
                    index.cursor = cursor;
                    for change in changes {
                        match change {
                            Change::Added(ticket) => self.admit(index, ticket),
                            Change::Removed(claimant) => index.remove(&claimant),
                        }
                    }
                    if !more {
                        return Ok(());
                    }
                }
                Changes::TooOld => led.index = None,
            }
        }
    }

    /// Reads the whole queue. The feed's end is taken first, so that no change falls between the two.
    async fn take_stock(&self) -> Result<Index> {
        let cursor = self.state.feed_end(&self.pool).await?;
        let mut index =
            Index { engine: (self.engine)(), patience: Patience::default(), news: News::default(), cursor };
        let mut page = Some(0);
        while let Some(from) = page {
            let stock = self.state.stock(&self.pool, from, self.settings.page).await?;
            stock.tickets.into_iter().for_each(|ticket| self.admit(&mut index, ticket));
            page = stock.next;
        }
        Ok(index)
    }

    fn admit(&self, index: &mut Index, ticket: Ticket) {
        if let Some(way) = &self.settings.way_on {
            index.patience.note(&ticket, way.after);
        }
        index.news.waits(&ticket, &self.settings.news, &self.settings.rules.schedule);
        index.engine.add(ticket);
    }

    /// Renews the lock in the middle of a long batch, if a third of its life has gone.
    async fn keep_lock(&self, led: &mut Led) -> Result<std::result::Result<(), Lost>> {
        let now = self.clock.monotonic();
        if now.saturating_sub(led.renewed) < self.settings.lease / 3 {
            return Ok(Ok(()));
        }
        let epoch = self.state.lead(&self.pool, &self.owner, self.settings.lease).await?;
        led.renewed = now;
        Ok(if epoch == Some(led.holder.epoch) { Ok(()) } else { Err(Lost) })
    }
}

/// Pairs that were not committed wait on. Those of them that left are removed by the feed.
fn put_back(led: &mut Led, pairs: impl IntoIterator<Item = Pair>) {
    let index = led.index.as_mut().expect("pairs come from an index");
    for pair in pairs {
        index.engine.add(pair.first);
        index.engine.add(pair.second);
    }
}

impl std::fmt::Debug for Matchmaker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let epoch = self.led.as_ref().map(|led| led.holder.epoch);
        f.debug_struct("Matchmaker").field("pool", &self.pool).field("epoch", &epoch).finish_non_exhaustive()
    }
}
