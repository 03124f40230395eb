//! `loadtest population`: rules of matching, compared on a made-up population before they go live.
//!
//! The matching engine itself pairs them, in simulated time: a day of 50,000 people is over in less than a minute. What
//! is not simulated: the fleet around the engine, several pools, and who presses "widen".

mod content;
mod dice;
mod figures;
mod judge;
mod life;
mod page;
mod people;
mod places;
mod table;
#[cfg(test)]
mod tests;
mod visits;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use hamdam_domain::engine::Rules;
use serde::Serialize;

use self::figures::Outcome;
use crate::report::{write_json, write_text};

/// Lets a made-up population search, meet and give up under some rules of matching, and compares the rules.
///
/// Many more men than women, cities and villages in several countries, wishes of all kinds, quiet nights and busy
/// evenings, people who give up after their own time, leave, come again, block, and do not want to meet the same person
/// again soon. The matching engine itself pairs them, in simulated time. The same seed gives the same people, who come at
/// the same times, under all rules.
///
/// Waits are of those who met. Satisfaction is 0 for a search that was given up, else 100 x content x 60 s / (60 s +
/// wait). Content is 0.6 x the share of one's own wishes (gender, age, nearness, language, before anything gave way) that
/// the partner fulfils + 0.4 x what the two have in common (bot, language, interests, age, place: the engine's points as
/// a share of the most there are).
///
/// A file of rules is JSON, and what it leaves out stays as by default; `--print-rules` prints the default rules to begin
/// with. A step of the schedule keeps what the steps before it gave.
///
/// Example: loadtest population --rules default --rules patient.json --json target/rules.json
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How many people there are.
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(2..=2_000_000))]
    users: u32,
    /// How many hours of their life; they begin at four in the morning.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=720))]
    hours: u32,
    /// Where all chance comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Of a hundred who are a man or a woman, so many are men.
    #[arg(long, default_value_t = 78, value_parser = clap::value_parser!(u32).range(0..=100))]
    men: u32,
    /// Bots they come through, the first far more than the last.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    bots: u16,
    /// How often each comes in a day, on average.
    #[arg(long, default_value_t = 2.0, value_parser = visits_a_day)]
    visits: f64,
    /// Seconds between two batches.
    #[arg(long, value_name = "SECONDS", default_value_t = 0.2, value_parser = interval)]
    interval: f64,
    /// A file of rules, or `default`; may be given several times, to compare. [default: default]
    #[arg(long, value_name = "FILE")]
    rules: Vec<String>,
    /// Prints the default rules as a file of them, and does nothing else.
    #[arg(long)]
    print_rules: bool,
    /// Where the plots are written.
    #[arg(long, value_name = "FOLDER", default_value = "target/population")]
    folder: PathBuf,
    /// Where the figures are written for programs.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Who lives, and for how long.
#[derive(Clone, Debug, Serialize)]
struct Town {
    /// How many people there are.
    people: usize,
    /// How long everything lasts.
    #[serde(skip)]
    lasts: Duration,
    /// Where all chance comes from.
    seed: u64,
    /// Of a hundred who are a man or a woman, so many are men.
    men: u32,
    /// Bots they come through, at least one.
    bots: u16,
    /// How often each comes in a day, on average.
    visits_a_day: f64,
    /// Between two batches, at least a millisecond.
    #[serde(skip)]
    interval: Duration,
}

/// What is written for programs.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    town: &'a Town,
    hours: u32,
    interval_seconds: f64,
    outcomes: &'a [Outcome],
}

fn visits_a_day(text: &str) -> Result<f64, String> {
    number(text, 0.0..=50.0)
}

fn interval(text: &str) -> Result<f64, String> {
    number(text, 0.01..=60.0)
}

fn number(text: &str, allowed: RangeInclusive<f64>) -> Result<f64, String> {
    let fits = text.parse().ok().filter(|number| allowed.contains(number));
    fits.ok_or_else(|| format!("a number from {} to {} is allowed", allowed.start(), allowed.end()))
}

/// Lives under all rules, prints the table and writes the plots. Fails if a pair broke what must hold: then the engine is
/// wrong, and the figures mean nothing.
pub fn run(options: Options) -> anyhow::Result<ExitCode> {
    if options.print_rules {
        println!("{}", Rules::default().to_json());
        return Ok(ExitCode::SUCCESS);
    }
    let town = town(&options);
    let rules = named_rules(&options.rules)?;
    let outcomes = compare(&town, &rules);
    let Options { hours, interval, folder, json, .. } = options;
    let report = Report { town: &town, hours, interval_seconds: interval, outcomes: &outcomes };
    write_json(json.as_deref(), &report)?;
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    write_text(&folder, "index.html", &page::of(&outcomes)?)?;
    print!("{}", table::of(&outcomes));
    println!("plots: {}", folder.join("index.html").display());
    let sound = outcomes.iter().all(|outcome| outcome.sound);
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn town(options: &Options) -> Town {
    let Options { users, hours, seed, men, bots, visits, interval, .. } = *options;
    Town {
        people: usize::try_from(users).expect("a number of this machine"),
        lasts: Duration::from_hours(hours.into()),
        seed,
        men,
        bots,
        visits_a_day: visits,
        interval: Duration::from_secs_f64(interval),
    }
}

/// The rules of these files, each under its file's name. Names the mistakes of all files.
fn named_rules(files: &[String]) -> anyhow::Result<Vec<(String, Rules)>> {
    if files.is_empty() {
        return Ok(vec![("default".to_owned(), Rules::default())]);
    }
    let (mut all, mut mistakes) = (Vec::new(), Vec::new());
    for file in files {
        if file == "default" {
            all.push((file.clone(), Rules::default()));
            continue;
        }
        let read = std::fs::read_to_string(file);
        let read =
            read.with_context(|| format!("cannot read the rules {file}; give a file, or `default`"))?;
        match Rules::of_json(&read) {
            Ok(rules) => all.push((name_of(file, files), rules)),
            Err(wrong) => mistakes.push(format!("{file}: {wrong}")),
        }
    }
    if mistakes.is_empty() { Ok(all) } else { bail!("{}", mistakes.join("\n")) }
}

/// A file's name without its folder, unless another has the same.
fn name_of(file: &str, files: &[String]) -> String {
    let stem = |file: &str| Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mine = stem(file);
    let is_mine = |other: &&String| stem(other) == mine;
    match mine {
        Some(mine) if files.iter().filter(is_mine).count() == 1 => mine,
        _ => file.to_owned(),
    }
}

/// Lives one span under each of these rules, with the same people who come at the same times; all spans at once.
fn compare(town: &Town, rules: &[(String, Rules)]) -> Vec<Outcome> {
    let people = people::people(town);
    let visits = visits::visits(town, &people);
    let live = |(name, rules): &(String, Rules)| {
        Outcome::of(name.clone(), &life::live(town, rules, &people, &visits), &people)
    };
    std::thread::scope(|scope| {
        let lives: Vec<_> = rules.iter().map(|rules| scope.spawn(move || live(rules))).collect();
        lives.into_iter().map(|life| life.join().expect("a life has no end but its own")).collect()
    })
}
