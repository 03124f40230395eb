//! A fleet, a run through it, and what befalls it meanwhile.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use hamdam_testbed::fleet::{Binaries, Fleet, FleetOptions};
use loadtest::oracle::Patience;
use loadtest::report::{Verdict, table};
use loadtest::run::{Drive, Target};
use loadtest::users::{Habits, Plan};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Users at 6 messages a minute for so many seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) users: usize,
    pub(super) seconds: u64,
}

impl Size {
    /// As the environment says, else small enough for every run of the tests.
    pub(super) fn of_environment(seconds: u64) -> Self {
        let number = |name: &str| std::env::var(name).ok().map(|value| value.parse::<u64>().expect(name));
        let users = number("FLEET_USERS").unwrap_or(300);
        Self { users: usize::try_from(users).unwrap(), seconds: number("FLEET_SECONDS").unwrap_or(seconds) }
    }

    fn plan(self) -> Plan {
        Plan {
            bots: Vec::new(),
            first_user: 0,
            users: self.users,
            messages_per_minute: 6.0,
            seconds: self.seconds,
            seed: 20_260_101,
            drain_seconds: 30,
            habits: Habits::default(),
            patience_seconds: None,
        }
    }
}

/// Two fleets at once would measure each other. Those in which nothing is measured, and nobody is to be fast, share.
static MACHINE: RwLock<()> = RwLock::const_new(());

/// A place on this machine.
#[expect(dead_code, reason = "held, not read")]
pub(super) enum Place {
    /// No other fleet runs.
    Alone(RwLockWriteGuard<'static, ()>),
    /// Others may, if none of them wants to be alone.
    Shared(RwLockReadGuard<'static, ()>),
}

/// Waits until no other fleet runs.
pub(super) async fn alone() -> Place {
    Place::Alone(MACHINE.write().await)
}

/// A running fleet and where it is described.
pub(super) struct Stage {
    pub(super) fleet: Fleet,
    file: PathBuf,
    hamdam: PathBuf,
    _home: tempfile::TempDir,
    _place: Place,
}

impl Stage {
    /// A fleet of which nothing is asserted that depends on how busy the machine is.
    pub(super) async fn start(change: impl FnOnce(&mut FleetOptions)) -> Result<Self> {
        Self::start_in(Place::Shared(MACHINE.read().await), change).await
    }

    /// A fleet that has the machine to itself.
    pub(super) async fn start_alone(change: impl FnOnce(&mut FleetOptions)) -> Result<Self> {
        Self::start_in(alone().await, change).await
    }

    async fn start_in(place: Place, change: impl FnOnce(&mut FleetOptions)) -> Result<Self> {
        let mut options = FleetOptions::new(Binaries::beside_this()?);
        change(&mut options);
        let home = tempfile::tempdir()?;
        let fleet = Fleet::start(&options).await?;
        let (file, hamdam) = (home.path().join("fleet.json"), options.binaries.hamdam.clone());
        let stage = Self { fleet, file, hamdam, _home: home, _place: place };
        stage.describe()?;
        Ok(stage)
    }

    /// The program under test.
    pub(super) fn hamdam(&self) -> &std::path::Path {
        &self.hamdam
    }

    /// Where the fleet is described.
    pub(super) fn file(&self) -> &std::path::Path {
        &self.file
    }

    /// Instances changed: whoever reads the file is to know.
    pub(super) fn describe(&self) -> Result<()> {
        self.fleet.file().write(&self.file)
    }

    /// Runs users through the fleet while `trouble` happens to it. Both must end well.
    pub(super) async fn run(
        &mut self,
        size: Size,
        trouble: impl AsyncFnOnce(&mut Self, &Drive) -> Result<()>,
    ) -> Result<Verdict> {
        self.run_plan(size.plan(), trouble).await
    }

    /// The same where the trouble keeps everything from going on for up to `outage_seconds`: by so much longer than usual
    /// may what was written take to arrive before its reader leaves, and may two wait beside each other.
    pub(super) async fn run_through(
        &mut self,
        size: Size,
        outage_seconds: u16,
        trouble: impl AsyncFnOnce(&mut Self, &Drive) -> Result<()>,
    ) -> Result<Verdict> {
        let usual = size.plan();
        let drain_seconds = usual.drain_seconds + u64::from(outage_seconds);
        let patience_seconds = Some(Patience::default().wait.as_secs_f64() + f64::from(outage_seconds));
        self.run_plan(Plan { drain_seconds, patience_seconds, ..usual }, trouble).await
    }

    /// The same with users of these habits.
    pub(super) async fn run_with(
        &mut self,
        size: Size,
        habits: Habits,
        trouble: impl AsyncFnOnce(&mut Self, &Drive) -> Result<()>,
    ) -> Result<Verdict> {
        self.run_plan(Plan { habits, ..size.plan() }, trouble).await
    }

    async fn run_plan(
        &mut self,
        plan: Plan,
        trouble: impl AsyncFnOnce(&mut Self, &Drive) -> Result<()>,
    ) -> Result<Verdict> {
        let drive = Drive::new(Target::of_fleet(&self.file)?, plan)?;
        let (verdict, troubled) = tokio::join!(drive.run(None), trouble(self, &drive));
        troubled.context("what was to befall the fleet did not")?;
        verdict
    }

    /// What the instances logged, cut to the last lines of each.
    fn logs(&self) -> String {
        let tail = |path: &std::path::Path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let lines: Vec<&str> =
                text.lines().filter(|line| line.contains("WARN") || line.contains("ERROR")).collect();
            lines[lines.len().saturating_sub(20)..].join("\n")
        };
        let instances = self.fleet.instances.iter();
        let tails: Vec<_> =
            instances.map(|instance| format!("{}:\n{}", instance.listen(), tail(instance.log()))).collect();
        tails.join("\n")
    }

    /// The run must be good in every count.
    pub(super) fn assert_good(&self, verdict: &Verdict) {
        println!("{}", table(verdict));
        assert!(verdict.good, "{:#?}\n{:#?}\n{}", verdict.reasons, verdict.findings, self.logs());
    }

    /// Kills an instance with -9 and starts it again.
    pub(super) async fn kill_and_restart(&mut self, drive: &Drive, index: usize) -> Result<()> {
        drive.interrupt(&[self.fleet.instances[index].pid()]).await?;
        self.fleet.instances[index].kill()?;
        self.fleet.restart(index)?;
        self.describe()
    }

    /// Stops an instance where it stands for so long.
    pub(super) async fn pause(&mut self, drive: &Drive, index: usize, time: Duration) -> Result<()> {
        let pid = self.fleet.instances[index].pid();
        drive.interrupt(&[pid]).await?;
        self.fleet.instances[index].pause()?;
        tokio::time::sleep(time).await;
        self.fleet.instances[index].wake()?;
        drive.resume(&[pid]).await
    }
}
