//! Driving a run from outside of the simulator.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use anyhow::bail;
use futures::future::join_all;

use super::client::{Control, http};
use super::control::Interrupted;
use super::counters::Counters;
use super::target::Target;
use crate::report::{Line, Live, Phase, Verdict};
use crate::users::Plan;

/// How often the run is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How often the fleet's counters are read: what an instance counted since dies with it, if nobody announces its death.
const READ_EVERY: Duration = Duration::from_secs(1);
/// A busy instance may take so long to show them.
const READING: Duration = Duration::from_secs(2);
/// The simulator may fail to answer so many looks in a row.
const PATIENCE: u32 = 20;

/// A run against a fleet. Whoever breaks things meanwhile says so through [`Drive::interrupt`].
#[derive(Debug)]
pub struct Drive {
    target: Target,
    plan: Plan,
    control: Control,
    http: reqwest::Client,
    counters: Mutex<Counters>,
}

impl Drive {
    /// A run of this plan, with the target's bots.
    pub fn new(target: Target, mut plan: Plan) -> anyhow::Result<Self> {
        plan.bots = target.bots.iter().map(|bot| bot.id).collect();
        let control = Control::new(&target.telegram_url)?;
        Ok(Self { target, plan, control, http: http()?, counters: Mutex::default() })
    }

    /// Runs it to its verdict.
    pub async fn run(&self, line: Option<&Line>) -> anyhow::Result<Verdict> {
        self.target.register_webhooks().await?;
        self.counters.lock().unwrap_or_else(PoisonError::into_inner).start(self.target.admins());
        self.read_counters().await;
        let run = self.control.begin(&self.plan).await?;
        // Side by side, because a paused instance takes its time to say nothing.
        let verdict = tokio::select! {
            verdict = self.watch(run, line) => verdict?,
            () = self.keep_reading() => bail!("the fleet's counters are read for ever"),
        };
        self.read_counters().await;
        self.until_everybody_is_home(run).await?;
        let fleet = self.counters.lock().unwrap_or_else(PoisonError::into_inner).sum();
        Ok(verdict.judged(fleet))
    }

    async fn watch(&self, run: u64, line: Option<&Line>) -> anyhow::Result<Verdict> {
        patiently(async || self.look(run, line).await).await
    }

    async fn keep_reading(&self) {
        let mut beat = tokio::time::interval(READ_EVERY);
        loop {
            beat.tick().await;
            self.read_counters().await;
        }
    }

    /// The next run can begin.
    async fn until_everybody_is_home(&self, run: u64) -> anyhow::Result<()> {
        patiently(async || {
            let now = self.control.live().await?;
            Ok((now.run != run || now.phase == Phase::Resting).then_some(()))
        })
        .await
    }

    /// Breaks the run off, without a verdict.
    pub async fn stop(&self) -> anyhow::Result<()> {
        self.control.stop().await
    }

    async fn look(&self, run: u64, line: Option<&Line>) -> anyhow::Result<Option<Verdict>> {
        let now = self.control.live().await?;
        if now.run != run {
            bail!("the simulator does not know this run (any more)");
        }
        if let Some(line) = line {
            line.show(&now);
        }
        match now.phase {
            Phase::Joining | Phase::Talking | Phase::Draining => Ok(None),
            Phase::Closing | Phase::Resting => self.control.verdict(run).await,
        }
    }

    /// To be called right before processes of the fleet are killed, paused or cut off from live state, while they still
    /// run: counts the calls they may not learn the outcome of, and reads their counters a last time.
    pub async fn interrupt(&self, pids: &[u32]) -> anyhow::Result<Interrupted> {
        let interrupted = self.control.interrupt(pids).await?;
        self.read_counters().await;
        Ok(interrupted)
    }

    /// To be called once paused processes were woken, or reconnected.
    pub async fn resume(&self, pids: &[u32]) -> anyhow::Result<()> {
        self.control.resume(pids).await
    }

    /// How the run goes.
    pub(crate) async fn live(&self) -> anyhow::Result<Live> {
        self.control.live().await
    }

    /// The processes of the instances.
    pub(crate) fn pids(&self) -> Vec<u32> {
        self.target.instances().into_iter().map(|instance| instance.pid).collect()
    }

    /// What the instances show at `/metrics`, each with its address. One that is down, or takes longer than `within`,
    /// shows nothing.
    pub(crate) async fn pages(&self, within: Duration) -> Vec<(String, String)> {
        let pages = join_all(self.target.admins().into_iter().map(|admin| async move {
            let url = format!("http://{}/metrics", admin.trim_start_matches("http://"));
            let answer = self.http.get(url).timeout(within).send().await.ok()?;
            Some((admin, answer.error_for_status().ok()?.text().await.ok()?))
        }));
        pages.await.into_iter().flatten().collect()
    }

    async fn read_counters(&self) {
        let pages = self.pages(READING).await;
        self.counters.lock().unwrap_or_else(PoisonError::into_inner).take(pages);
    }
}

/// Looks again and again until there is something to be seen. On a machine that is more than full the simulator may miss
/// some looks.
async fn patiently<T>(mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    let mut beat = tokio::time::interval(LOOK);
    let mut failures = 0;
    loop {
        beat.tick().await;
        match look().await {
            Ok(Some(seen)) => return Ok(seen),
            Ok(None) => failures = 0,
            Err(error) if failures >= PATIENCE => return Err(error),
            Err(_) => failures += 1,
        }
    }
}
