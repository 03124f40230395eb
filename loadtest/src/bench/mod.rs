//! `./dev bench`: what the fleet costs, as counts and as ratios of a floor measured in the same run.

pub mod floor;
mod ground;
mod relay;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::report::write_json;

/// Flags of `loadtest bench`.
#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// A relayed message, at load, through nginx and three instances.
    Relay(RelayOptions),
    /// The floor by itself, as the benches start it.
    #[command(hide = true)]
    Floor(floor::Options),
}

/// Flags of `./dev bench relay`.
#[derive(Debug, Clone, clap::Args)]
struct RelayOptions {
    /// Virtual users, all in rooms.
    #[arg(long, default_value_t = 2_000)]
    users: usize,
    /// Messages each of them writes per minute.
    #[arg(long, default_value_t = 30.0)]
    messages_per_minute: f64,
    /// How long people stay in a room, in seconds on average: every leave is a search, a match and four notices, and all
    /// of that is counted to the messages.
    #[arg(long, default_value_t = 45.0)]
    stay: f64,
    /// How long costs are counted.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(2..=600))]
    seconds: u64,
    /// Where the figures are written.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Measures, prints a table, and writes the figures.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let options = match options.what {
        What::Floor(options) => return floor::run(options).await.map(|()| ExitCode::SUCCESS),
        What::Relay(options) => options,
    };
    let costs = relay::measure(&options).await?;
    let floor = ground::measure(costs.per_second, options.seconds).await?;
    println!("{}", table::of(&costs, &floor));
    write_json(options.json.as_deref(), &table::json(&costs, &floor))?;
    Ok(ExitCode::SUCCESS)
}
