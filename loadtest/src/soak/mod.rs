//! `loadtest soak`: a long run with random faults, after which nothing may have grown.

mod levels;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval};

use self::levels::{Growth, Levels};
use crate::chaos::{Breakage, Plan, Stage, Suffered};
use crate::report::{self, Line, Phase, Verdict, write_json};
use crate::run::{Control, Drive, Ground};
use crate::users;

/// Levels are read so often.
const LOOK: Duration = Duration::from_secs(5);

/// Lets people chat for a long time while things go wrong, and looks for what grows.
///
/// Example: loadtest soak --minutes 30 --seed 1
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How long people chat.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=1_440))]
    minutes: u64,
    /// Where all randomness comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Virtual users.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(20..=20_000))]
    users: u32,
    /// Messages each of them writes per minute.
    #[arg(long, default_value_t = 6.0)]
    messages_per_minute: f64,
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
    /// Every level, read by read.
    pub levels: Vec<Levels>,
    /// The oracle is content and nothing grew.
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
    let plan = users::Plan {
        bots: Vec::new(),
        first_user: 0,
        users: options.users as usize,
        messages_per_minute: options.messages_per_minute,
        seconds: options.minutes * 60,
        seed: options.seed,
        drain_seconds: 30,
        habits: users::Habits::default(),
        patience_seconds: None,
    };
    let drive = Drive::new(target, plan)?;
    let breaking = trouble(options, &mut ground, &drive, &control);
    let (verdict, seen) = tokio::join!(drive.run(line), breaking);
    let (verdict, (faults, mut levels)) = (verdict?, seen?);
    levels.push(Levels::read(&mut ground, true).await?);
    let growth = Growth::of(&levels);
    let passed = verdict.good && growth.iter().all(|level| !level.grew);
    Ok(Outcome { verdict, faults, growth, levels, passed })
}

/// Faults by turns with looks at the levels, until the talk is nearly over: the last fault is to be forgotten by then.
async fn trouble(
    options: &Options,
    ground: &mut Ground,
    drive: &Drive,
    control: &Control,
) -> anyhow::Result<(Vec<Suffered>, Vec<Levels>)> {
    let end = Duration::from_secs(options.minutes * 60);
    let (mut faults, mut levels) = (Vec::new(), Vec::new());
    let mut breakage = Breakage::new(options.seed);
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
        let talked = began.get_or_insert_with(Instant::now).elapsed();
        levels.push(Levels::read(ground, false).await?);
        let is_calm = options.calm || talked + Duration::from_secs(90) > end;
        if !is_calm && talked >= next_fault {
            let stroke = Plan::any(Stage::Usual, breakage.dice());
            faults.push(breakage.suffer(&stroke, ground, drive, control).await?);
            next_fault = began.map_or(end, |began| began.elapsed()) + Duration::from_secs(20);
        }
    }
}
