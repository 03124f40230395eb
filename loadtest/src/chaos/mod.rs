//! `loadtest chaos`: things go wrong, one after another, while the oracle watches.
//!
//! Most faults need one Redis that flushes with every write; some need another kind. A plan's faults are gathered by the
//! [`Stage`] they need, each stage is started once, and the oracle judges each by itself.

mod beacon;
mod doubt;
mod inject;
mod plan;
mod poison;
mod recovery;
mod redis;
mod stage;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use self::inject::{Injector, Struck};
pub use self::plan::{Fault, Plan, Stroke};
use self::recovery::Normal;
pub use self::redis::Forgot;
pub use self::stage::Stage;
use crate::oracle::Counts;
use crate::pulse::{Physician, Pulse};
use crate::report::{self, Line, Phase, Verdict, write_json};
use crate::run::{Control, Drive, Ground};
use crate::users::{self, People};

/// After the last one they make up for what they could not say.
const LATE: Duration = Duration::from_secs(4);
/// What was killed comes back within that time.
const REVIVAL: Duration = Duration::from_secs(20);
/// Before the first fault people talk in peace, so that "normal" means something.
pub(crate) const PEACE: Duration = Duration::from_secs(5);

/// Breaks a fleet of this machine in all the ways it must survive, and judges it.
///
/// Example: loadtest chaos --plan all --seed 3
#[derive(Debug, clap::Args)]
pub struct Options {
    /// A fault by its name, `all`, `some`, or a file of JSON with `faults`.
    #[arg(long, value_name = "FILE|NAME", default_value = "all")]
    plan: String,
    #[command(flatten)]
    people: People,
    /// Where the outcome is written.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What came of one fault.
#[derive(Clone, Debug, Serialize)]
pub struct Suffered {
    /// Which.
    pub fault: Fault,
    /// When it struck, in seconds since the run began.
    pub at_seconds: f64,
    /// How long it lasted, in seconds.
    pub lasted: f64,
    /// From its end until everything was as before, in seconds; nothing if that never was.
    pub recovered_after: Option<f64>,
    /// What live state forgot, where it may.
    pub forgot: Option<Forgot>,
    /// What the oracle counted from its beginning to the end of the recovery. What shows later, such as a loss in a room
    /// that goes on, is in the verdict of the stage alone.
    pub counts: Counts,
    /// Whether the recovery was soon enough, no more forgotten than allowed, and nothing counted but what may be.
    pub passed: bool,
}

/// What came of the faults of one stage.
#[derive(Clone, Debug, Serialize)]
pub struct Staged {
    /// Which.
    pub stage: Stage,
    /// Fault by fault.
    pub faults: Vec<Suffered>,
    /// What the oracle says of the whole.
    pub verdict: Verdict,
    /// Second by second.
    pub series: Vec<Pulse>,
    /// Whether the oracle is content and every fault passed.
    pub passed: bool,
}

/// What came of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Where all randomness came from.
    pub seed: u64,
    /// Stage by stage.
    pub stages: Vec<Staged>,
    /// Whether every stage passed.
    pub passed: bool,
}

/// Breaks, judges, prints.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let People { seed, users, messages_per_minute } = options.people;
    let plan = Plan::named(&options.plan, seed)?;
    let line = Line::new();
    let outcome = suffer(&plan, seed, users, messages_per_minute, Some(&line)).await;
    line.clear();
    let outcome = outcome?;
    write_json(options.json.as_deref(), &outcome)?;
    for staged in &outcome.stages {
        println!("{}", report::table(&staged.verdict));
    }
    println!("{}", table::of(&outcome));
    if !outcome.passed {
        eprintln!("again: loadtest chaos --plan {} --seed {seed}", options.plan);
    }
    Ok(if outcome.passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Carries the plan out, stage by stage.
pub async fn suffer(
    plan: &Plan,
    seed: u64,
    users: u32,
    messages_per_minute: f64,
    line: Option<&Line>,
) -> anyhow::Result<Outcome> {
    let mut stages = Vec::new();
    for (stage, plan) in plan.by_stage() {
        let people = people(&plan, People { seed, users, messages_per_minute });
        // A whole fleet and its load: too large to stand within another future.
        stages.push(Box::pin(on_stage(stage, &plan, people, line)).await?);
    }
    let passed = stages.iter().all(|staged| staged.passed);
    Ok(Outcome { seed, stages, passed })
}

/// Starts a fleet, lets people chat in it, and carries out the part of the plan that is for it.
async fn on_stage(
    stage: Stage,
    plan: &Plan,
    people: users::Plan,
    line: Option<&Line>,
) -> anyhow::Result<Staged> {
    let mut ground = Ground::start(&stage.options()?).await?;
    let target = ground.target()?;
    let control = Control::new(&target.telegram_url)?;
    let breakage = Breakage::new(people.seed);
    let drive = Drive::new(target, people)?;
    let physician = Physician::new(&drive, breakage.began);
    let breaking = async {
        let faults = strike(plan, breakage, &mut ground, &drive, &control).await;
        faults.context("what was to befall the fleet did not")
    };
    let (outcome, series) = physician.beside(async { tokio::try_join!(drive.run(line), breaking) }).await;
    let (verdict, faults) = outcome?;
    let passed = verdict.good && faults.iter().all(|suffered| suffered.passed);
    Ok(Staged { stage, faults, verdict, series, passed })
}

fn people(plan: &Plan, people: People) -> users::Plan {
    // More than enough: the talk ends with the last recovery.
    let each = |stroke: &Stroke| {
        stroke.after + (stroke.duration() + stroke.fault.recovery() + REVIVAL).as_secs_f64()
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "minutes")]
    let seconds = (plan.faults.iter().map(each).sum::<f64>() + PEACE.as_secs_f64()).ceil() as u64;
    people.plan(seconds)
}

async fn strike(
    plan: &Plan,
    mut breakage: Breakage,
    ground: &mut Ground,
    drive: &Drive,
    control: &Control,
) -> anyhow::Result<Vec<Suffered>> {
    until_they_talk(control).await?;
    breakage.observe(drive, PEACE).await;
    let mut all = Vec::new();
    for stroke in &plan.faults {
        sleep(Duration::from_secs_f64(stroke.after.clamp(0.0, 600.0))).await;
        all.push(breakage.suffer(stroke, ground, drive, control).await?);
    }
    sleep(LATE).await;
    control.finish().await?;
    Ok(all)
}

/// Breaks things one after another, by one chain of dice.
pub(crate) struct Breakage {
    dice: SmallRng,
    normal: Normal,
    /// Where time counts from.
    pub(crate) began: Instant,
}

impl Breakage {
    /// The same seed breaks the same things.
    pub(crate) fn new(seed: u64) -> Self {
        Self { dice: SmallRng::seed_from_u64(seed), normal: Normal::default(), began: Instant::now() }
    }

    /// What chooses.
    pub(crate) fn dice(&mut self) -> &mut SmallRng {
        &mut self.dice
    }

    /// Learns what is normal here.
    pub(crate) async fn observe(&mut self, drive: &Drive, time: Duration) {
        self.normal = Normal::observe(drive, time).await;
    }

    /// One fault from its beginning to the end of the recovery.
    pub(crate) async fn suffer(
        &mut self,
        stroke: &Stroke,
        ground: &mut Ground,
        drive: &Drive,
        control: &Control,
    ) -> anyhow::Result<Suffered> {
        let began = Instant::now();
        let before = control.live().await?.counts;
        let mut dead = None;
        let dice = &mut self.dice;
        let mut injector = Injector { ground: &mut *ground, drive, control, dice, dead: &mut dead };
        let Struck { ended, forgot } = injector.strike(stroke).await.with_context(|| stroke.fault.name())?;
        let lasted = began.elapsed().as_secs_f64();
        let recovered = self.normal.returns(drive, &injector.ground.fleet.store, ended).await;
        let counts = control.live().await?.counts.since(&before);
        injector.revive().await.with_context(|| stroke.fault.name())?;
        let in_time = recovered.is_some_and(|time| time <= stroke.fault.recovery());
        // Duplicates and losses may be, and a loss may be taken back: the verdict knows in the end.
        let others = Counts { duplicated: 0, lost: 0, ..counts };
        Ok(Suffered {
            fault: stroke.fault,
            at_seconds: (began - self.began).as_secs_f64(),
            lasted,
            recovered_after: recovered.map(|time| time.as_secs_f64()),
            forgot,
            counts,
            passed: in_time && forgot.is_none_or(Forgot::is_allowed) && others == Counts::default(),
        })
    }
}

async fn until_they_talk(control: &Control) -> anyhow::Result<()> {
    loop {
        if let Ok(live) = control.live().await
            && live.phase == Phase::Talking
        {
            return Ok(());
        }
        sleep(Duration::from_millis(100)).await;
    }
}
