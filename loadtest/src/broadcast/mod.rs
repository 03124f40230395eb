//! `loadtest broadcast`: so many people are told something while others chat. Does anybody's conversation wait for it, and
//! does it come to each once?

mod audience;
mod operator;
mod readings;
mod round;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use hamdam_testbed::fleet::{Binaries, FleetOptions};
use serde::Serialize;

use self::round::Round;
pub use self::round::{Happens, Rounded};
use crate::report::write_json;
use crate::run::Ground;

/// What the simulator takes of one token per second beside broadcasts: more than the conversations here need.
const CONVERSATIONS: u32 = 100;

/// Tells so many people something while others chat, and counts: does a conversation's entry ever wait behind a
/// broadcast's, how long does each take with and without the other, and does it come to each once, through the death of an
/// instance too? Four rounds: conversations alone, a broadcast alone, both, and both while an instance is killed.
///
/// Example: loadtest broadcast --users 100000 --chatting 2000
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// How many people are told.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pub users: u32,
    /// How many chat meanwhile.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(20..=20_000))]
    pub chatting: u32,
    /// Bots they are told by.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..))]
    pub bots: u8,
    /// Broadcasts per second, over all bots.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(4..=10_000))]
    pub rate: u32,
    /// How long the conversations alone are measured.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=3_600))]
    pub seconds: u64,
    /// Instances behind nginx.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=16))]
    pub instances: u8,
    /// Where the figures are written.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Broadcasted {
    /// People who were told, those who chat not counted.
    pub users: u32,
    /// People who chatted.
    pub chatting: u32,
    /// Broadcasts per second, at most.
    pub rate: u32,
    /// Round by round.
    pub rounds: Vec<Rounded>,
}

impl Broadcasted {
    /// What is wrong, if anything is.
    pub fn faults(&self) -> Vec<String> {
        self.rounds.iter().flat_map(Rounded::faults).collect()
    }
}

/// Measures, prints the table, and fails if anything is wrong.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let broadcasted = Box::pin(measure(&options)).await?;
    write_json(options.json.as_deref(), &broadcasted)?;
    println!("{}", table::of(&broadcasted));
    let faults = broadcasted.faults();
    for fault in &faults {
        println!("  {fault}");
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Starts a fleet for it, and stops it again.
pub async fn measure(options: &Options) -> anyhow::Result<Broadcasted> {
    let per_bot = options.rate.div_ceil(u32::from(options.bots));
    let environment = [
        ("BROADCAST_RATE_LIMIT", per_bot.to_string()),
        // What is measured is the relay within a bot, by reference.
        ("ACROSS_BOTS_SECONDS", "never".to_owned()),
    ];
    let fleet_options = FleetOptions {
        instances: usize::from(options.instances),
        bots: usize::from(options.bots),
        bot_rate: (per_bot + CONVERSATIONS).to_string(),
        environment: environment.map(|(name, value)| (name.to_owned(), value)).into(),
        ..FleetOptions::new(Binaries::beside_this()?)
    };
    let mut ground = Ground::start(&fleet_options).await?;
    audience::settle(&ground, options.users).await?;
    let mut rounds = Vec::new();
    for (number, happens) in Happens::ALL.into_iter().enumerate() {
        let round = Round { number, happens, options, hamdam: &fleet_options.binaries.hamdam };
        rounds.push(round.play(&mut ground).await?);
    }
    ground.stop().await?;
    let Options { users, chatting, rate, .. } = *options;
    Ok(Broadcasted { users, chatting, rate, rounds })
}
