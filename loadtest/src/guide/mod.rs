//! `loadtest guide`: the profiles of the old scaling guide, measured, as a table and as plots.

mod old;
mod page;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use crate::chaos::{Outcome, Plan, suffer};
use crate::profile::{Measured, Profile, measure};
use crate::report::{Line, write_json, write_text};

/// Who suffers the faults, as `loadtest chaos` has them.
const SEED: u64 = 1;
const USERS: u32 = 600;
const MESSAGES_PER_MINUTE: f64 = 6.0;

/// Runs the profiles one after another and writes a table (Markdown) and a page of plots (HTML).
///
/// Example: loadtest guide --seconds 60 --folder target/guide
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Which profiles.
    #[arg(value_enum, default_values_t = Profile::GUIDE)]
    profiles: Vec<Profile>,
    /// How long people chat in each.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=3_600))]
    seconds: u64,
    /// What goes wrong in a last run, as `loadtest chaos --plan` takes it, or `none`.
    #[arg(long, value_name = "FILE|NAME", default_value = "some")]
    faults: String,
    /// Where everything is written.
    #[arg(long, value_name = "FOLDER", default_value = "target/guide")]
    folder: PathBuf,
    /// Where the figures are written for programs, beside the folder's own files.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Measures and writes. Fails if a profile's run was not good: then the figures beside it mean little.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    std::fs::create_dir_all(&options.folder)
        .with_context(|| format!("cannot make {}", options.folder.display()))?;
    let plan = match options.faults.as_str() {
        "none" => None,
        name => Some(Plan::named(name, SEED)?),
    };
    let line = Line::new();
    let mut all: Vec<Measured> = Vec::new();
    for profile in options.profiles {
        let measured = measure(profile, options.seconds, None, Some(&line)).await;
        line.clear();
        let measured = measured.with_context(|| format!("profile {}", profile.name()))?;
        write_text(
            &options.folder,
            &format!("{}.json", profile.name()),
            &serde_json::to_string_pretty(&measured)?,
        )?;
        all.push(measured);
        // What was measured so far is there if the next profile is broken off.
        write_text(&options.folder, "guide.md", &table::of(&all, options.seconds))?;
        write_text(&options.folder, "index.html", &page::of(&all, None)?)?;
    }
    let faults = match &plan {
        Some(plan) => Some(break_down(plan, &options.folder, &line).await?),
        None => None,
    };
    write_text(&options.folder, "index.html", &page::of(&all, faults.as_ref())?)?;
    write_json(options.json.as_deref(), &all)?;
    println!("{}", table::of(&all, options.seconds));
    println!("plots: {}", options.folder.join("index.html").display());
    let good = all.iter().all(|measured| measured.verdict.good)
        && faults.as_ref().is_none_or(|outcome| outcome.passed);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A last run in which things go wrong, for the plots.
async fn break_down(plan: &Plan, folder: &Path, line: &Line) -> anyhow::Result<Outcome> {
    let outcome = suffer(plan, SEED, USERS, MESSAGES_PER_MINUTE, Some(line)).await;
    line.clear();
    let outcome = outcome.context("the run with faults")?;
    write_text(folder, "faults.json", &serde_json::to_string_pretty(&outcome)?)?;
    Ok(outcome)
}
