//! `loadtest run`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;

use super::drive::Drive;
use super::target::Target;
use crate::report::{Line, table, write_json};
use crate::users::{Habits, Mix, Plan, rate};

/// Sends virtual users through a fleet and judges it.
///
/// Example: loadtest run --fleet target/fleet/fleet.json --users 2000 --messages-per-minute 6 --seconds 60 --mix everything
#[derive(Debug, clap::Args)]
pub struct Options {
    /// What `./dev fleet` wrote about the fleet it runs.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["telegram", "target", "bots"])]
    fleet: Option<PathBuf>,
    /// Address of a simulator (`loadtest telegram`) that knows the bots.
    #[arg(long, value_name = "URL", requires_all = ["target", "bots"])]
    telegram: Option<String>,
    /// Where webhooks go: `URL/telegram/<bot id>` is registered for each bot.
    #[arg(long, value_name = "URL")]
    target: Option<String>,
    /// File with one bot token per line.
    #[arg(long, value_name = "FILE")]
    bots: Option<PathBuf>,
    /// What the webhook's secret header is derived from, without `--fleet`.
    #[arg(long, env = "WEBHOOK_SECRET", hide_env_values = true)]
    webhook_secret: Option<String>,
    /// Virtual users.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    users: u32,
    /// Messages each of them writes per minute, on average.
    #[arg(long, default_value_t = 6.0, value_parser = rate)]
    messages_per_minute: f64,
    /// How long they chat, once everybody sits in a room.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Where all randomness comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long everything may take to arrive at the end. It is also how late something may be when somebody leaves.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    drain_seconds: u64,
    /// How long two users of one bot may both wait, in seconds, if not as long as the oracle thinks right (20).
    #[arg(long, value_name = "SECONDS")]
    patience_seconds: Option<f64>,
    /// How the users behave, by a name.
    #[arg(long, value_enum, default_value_t = Mix::Plain, conflicts_with = "habits")]
    mix: Mix,
    /// How the users behave, as JSON, for example '{"stay": 10, "media": 0.5, "blocks": 0.01}'.
    #[arg(long, value_name = "JSON", value_parser = habits)]
    habits: Option<Habits>,
    /// Where the verdict is written.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn habits(text: &str) -> Result<Habits, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// The exit code of a wrong usage.
const USAGE: u8 = 2;

/// Runs to the verdict: 0 for a good run, 1 for a bad one, 2 where the target cannot be understood.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let target = match target(&options) {
        Ok(target) => target,
        Err(error) => {
            eprintln!("error: {error:#}");
            return Ok(ExitCode::from(USAGE));
        }
    };
    let plan = Plan {
        bots: Vec::new(),
        first_user: 0,
        users: usize::try_from(options.users)?,
        messages_per_minute: options.messages_per_minute,
        seconds: options.seconds,
        seed: options.seed,
        drain_seconds: options.drain_seconds,
        habits: options.habits.unwrap_or_else(|| options.mix.into()),
        patience_seconds: options.patience_seconds,
    };
    let line = Line::new();
    let drive = Drive::new(target, plan)?;
    let verdict = tokio::select! {
        verdict = drive.run(Some(&line)) => Some(verdict),
        _ = tokio::signal::ctrl_c() => None,
    };
    line.clear();
    let Some(verdict) = verdict.transpose()? else {
        drive.stop().await?;
        eprintln!("broken off, no verdict");
        return Ok(ExitCode::FAILURE);
    };
    write_json(options.json.as_deref(), &verdict)?;
    println!("{}", table(&verdict));
    Ok(if verdict.good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn target(options: &Options) -> anyhow::Result<Target> {
    match (&options.fleet, &options.telegram, &options.target, &options.bots) {
        (Some(fleet), ..) => Target::of_fleet(fleet),
        (None, Some(telegram), Some(webhook), Some(bots)) => {
            Target::of_parts(telegram, webhook, bots, options.webhook_secret.clone())
        }
        _ => bail!("what shall be tested? --fleet FILE, or --telegram URL --target URL --bots FILE"),
    }
}
