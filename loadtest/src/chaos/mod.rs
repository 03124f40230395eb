//! `loadtest chaos`: things go wrong, one after another, while the oracle watches.

mod inject;
mod plan;
mod recovery;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use hamdam_testbed::RedisOptions;
use hamdam_testbed::fleet::{Binaries, FleetOptions};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use self::inject::Injector;
pub use self::plan::{Fault, Plan, Stroke};
use self::recovery::Normal;
use crate::pulse::{Physician, Pulse};
use crate::report::{self, Line, Phase, Verdict, write_json};
use crate::run::{Control, Drive, Ground};
use crate::users::People;

/// Everything must be as before so soon after a fault.
const RECOVERY: Duration = Duration::from_secs(10);
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
    /// Whether that was soon enough.
    pub passed: bool,
}

/// What came of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Where all randomness came from.
    pub seed: u64,
    /// Fault by fault.
    pub faults: Vec<Suffered>,
    /// What the oracle says of the whole.
    pub verdict: Verdict,
    /// Second by second.
    pub series: Vec<Pulse>,
    /// Whether the oracle is content and every recovery was soon enough.
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
    println!("{}\n{}", report::table(&outcome.verdict), table::of(&outcome));
    if !outcome.passed {
        eprintln!("again: loadtest chaos --plan {} --seed {seed}", options.plan);
    }
    Ok(if outcome.passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Starts a fleet, lets people chat in it, and carries the plan out.
pub async fn suffer(
    plan: &Plan,
    seed: u64,
    users: u32,
    messages_per_minute: f64,
    line: Option<&Line>,
) -> anyhow::Result<Outcome> {
    let options =
        FleetOptions { redis: durable(), wires: true, ..FleetOptions::new(Binaries::beside_this()?) };
    let mut ground = Ground::start(&options).await?;
    let target = ground.target()?;
    let control = Control::new(&target.telegram_url)?;
    let people = People { seed, users, messages_per_minute };
    let drive = Drive::new(target, people.plan(duration(plan)))?;
    let breakage = Breakage::new(seed);
    let physician = Physician::new(&drive, breakage.began);
    let broken = async {
        let faults = strike(plan, breakage, &mut ground, &drive, &control).await;
        faults.context("what was to befall the fleet did not")
    };
    let (outcome, series) = physician.beside(async { tokio::try_join!(drive.run(line), broken) }).await;
    let (verdict, faults) = outcome?;
    let passed = verdict.good && faults.iter().all(|suffered| suffered.passed);
    Ok(Outcome { seed, faults, verdict, series, passed })
}

/// A Redis whose death loses nothing it answered for.
fn durable() -> RedisOptions {
    RedisOptions { appendonly: true, ..RedisOptions::default() }
}

/// How long people chat, in seconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "minutes")]
fn duration(plan: &Plan) -> u64 {
    // Every fault, the pause before it, and a recovery that is just soon enough.
    let each = |stroke: &Stroke| stroke.after + stroke.duration().as_secs_f64() + RECOVERY.as_secs_f64();
    (plan.faults.iter().map(each).sum::<f64>() + PEACE.as_secs_f64()).ceil() as u64
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
        let mut injector = Injector { ground, drive, control, dice: &mut self.dice };
        injector.strike(stroke).await.with_context(|| stroke.fault.name())?;
        let lasted = began.elapsed().as_secs_f64();
        let recovered = self.normal.returns(drive).await;
        Ok(Suffered {
            fault: stroke.fault,
            at_seconds: (began - self.began).as_secs_f64(),
            lasted,
            recovered_after: recovered.map(|time| time.as_secs_f64()),
            passed: recovered.is_some_and(|time| time <= RECOVERY),
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
