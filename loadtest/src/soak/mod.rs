//! `loadtest soak`: a long run with random faults, after which nothing may have grown.

mod growth;
mod levels;
mod stock;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval};

pub use self::growth::Growth;
pub use self::levels::{Levels, Process};
pub use self::stock::{Kind, Stock};
use crate::chaos::{Breakage, PEACE, Plan, Stage, Suffered};
use crate::pulse::{Physician, Pulse};
use crate::report::{self, Line, Phase, Verdict, write_json};
use crate::run::{Control, Drive, Ground};
use crate::users::People;

/// Levels are read so often.
const LOOK: Duration = Duration::from_secs(5);
/// What the last to leave left behind is written by then.
const SETTLING: Duration = Duration::from_secs(30);

/// Lets people chat for a long time while things go wrong, and looks for what grows.
///
/// Example: loadtest soak --minutes 30 --seed 1
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How long people chat.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=1_440))]
    minutes: u64,
    #[command(flatten)]
    people: People,
    /// Let nothing go wrong.
    #[arg(long)]
    calm: bool,
    /// Where the outcome is written.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What a soak came to.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// What the oracle says.
    pub verdict: Verdict,
    /// What went wrong meanwhile.
    pub faults: Vec<Suffered>,
    /// Each level early and late.
    pub growth: Vec<Growth>,
    /// What lies in Redis and should not, in words.
    pub leaks: Vec<String>,
    /// Every level while people talked, read by read.
    pub levels: Vec<Levels>,
    /// Every level at rest: nobody talked any more and everything had arrived.
    pub at_rest: Levels,
    /// Second by second.
    pub series: Vec<Pulse>,
    /// The oracle is content, nothing grew and nothing was left over.
    pub passed: bool,
}

/// Soaks, judges, prints.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let line = Line::new();
    let outcome = soak(&options, Some(&line)).await;
    line.clear();
    let outcome = outcome?;
    write_json(options.json.as_deref(), &outcome)?;
    println!("{}\n{}", report::table(&outcome.verdict), table::of(&outcome));
    Ok(if outcome.passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn soak(options: &Options, line: Option<&Line>) -> anyhow::Result<Outcome> {
    let mut ground = Ground::start(&Stage::Usual.options()?).await?;
    let target = ground.target()?;
    let control = Control::new(&target.telegram_url)?;
    let drive = Drive::new(target, options.people.plan(options.minutes * 60))?;
    let breakage = Breakage::new(options.people.seed);
    let physician = Physician::new(&drive, breakage.began);
    let breaking = Box::pin(trouble(options, breakage, &mut ground, &drive, &control));
    let (soaked, series) = physician.beside(async { tokio::try_join!(drive.run(line), breaking) }).await;
    let (verdict, (faults, levels)) = soaked?;
    let at_rest = rest(&mut ground).await?;
    let growth = Growth::of(&levels);
    let mut leaks: Vec<String> = levels.iter().flat_map(|levels| levels.stock.beyond_caps()).collect();
    leaks.dedup();
    leaks.extend(at_rest.stock.left_over().into_iter().chain(at_rest.stock.timeless()));
    let passed = verdict.good && leaks.is_empty() && growth.iter().all(|level| !level.grew);
    Ok(Outcome { verdict, faults, growth, leaks, levels, at_rest, series, passed })
}

/// The levels once the last fact is written, or when that has lasted too long.
async fn rest(ground: &mut Ground) -> anyhow::Result<Levels> {
    let patience = Instant::now() + SETTLING;
    let mut beat = interval(Duration::from_secs(1));
    loop {
        beat.tick().await;
        let levels = Levels::read(ground, true).await?;
        if levels.stock.left_over().is_empty() || Instant::now() >= patience {
            return Ok(levels);
        }
    }
}

/// Faults by turns with looks at the levels, until the talk is nearly over: the last fault is to be forgotten by then.
async fn trouble(
    options: &Options,
    mut breakage: Breakage,
    ground: &mut Ground,
    drive: &Drive,
    control: &Control,
) -> anyhow::Result<(Vec<Suffered>, Vec<Levels>)> {
    let end = Duration::from_secs(options.minutes * 60);
    let (mut faults, mut levels) = (Vec::new(), Vec::new());
    let mut beat = interval(LOOK);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut began: Option<Instant> = None;
    let mut next_fault = Duration::from_secs(20);
    loop {
        beat.tick().await;
        let Ok(live) = control.live().await else { continue };
        match live.phase {
            Phase::Talking => {}
            Phase::Draining | Phase::Closing => return Ok((faults, levels)),
            Phase::Joining | Phase::Resting => continue,
        }
        if began.is_none() {
            began = Some(Instant::now());
            breakage.observe(drive, PEACE).await;
        }
        let talked = began.map_or(Duration::ZERO, |began| began.elapsed());
        levels.push(Levels::read(ground, false).await?);
        let is_calm = options.calm || talked + Duration::from_secs(90) > end;
        if !is_calm && talked >= next_fault {
            let stroke = Plan::any(Stage::Usual, breakage.dice());
            faults.push(breakage.suffer(&stroke, ground, drive, control).await?);
            next_fault = began.map_or(end, |began| began.elapsed()) + Duration::from_secs(20);
        }
    }
}
