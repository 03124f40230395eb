//! `loadtest profile`: the whole stack on this machine under the load of so many people, measured.

mod idle;
mod measured;
mod plan;
mod table;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use hamdam_testbed::fleet::{Binaries, FleetOptions};

pub use self::idle::Idle;
pub use self::measured::{Measured, Sample};
pub use self::plan::Profile;
use self::watch::Watched;
use crate::report::{self, Line, Verdict, write_json};
use crate::run::{Drive, Ground};

/// Starts the whole stack on this machine and measures it under the load of so many people.
///
/// Example: loadtest profile 10k --seconds 60 --json target/10k.json
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How many people chat.
    #[arg(value_enum)]
    profile: Profile,
    /// How long they chat, once everybody sits in a room.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=3_600))]
    seconds: u64,
    /// Instances behind nginx, if not as many as the profile thinks right for two cores.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=16))]
    instances: Option<u8>,
    /// People who are known and in no room, if not as many as the profile has. Then people chat twice: before these are
    /// there, and beside them.
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=5_000_000))]
    idle: Option<u32>,
    /// Where the figures are written.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Measures, prints the table, and fails if the oracle is not content.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let line = Line::new();
    let instances = options.instances.map(usize::from);
    let idle = options.idle.unwrap_or_else(|| options.profile.idle());
    let measured = measure_among(idle, options.profile, options.seconds, instances, Some(&line)).await;
    line.clear();
    let measured = measured?;
    write_json(options.json.as_deref(), &measured)?;
    println!("{}\n{}", report::table(&measured.verdict), table::of(&measured));
    Ok(if measured.verdict.good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Starts the stack, lets people chat for so long, and stops it again.
pub async fn measure(
    profile: Profile,
    seconds: u64,
    instances: Option<usize>,
    line: Option<&Line>,
) -> anyhow::Result<Measured> {
    measure_among(profile.idle(), profile, seconds, instances, line).await
}

/// The same beside so many people who are known and in no room, and without them before.
pub async fn measure_among(
    sessions: u32,
    profile: Profile,
    seconds: u64,
    instances: Option<usize>,
    line: Option<&Line>,
) -> anyhow::Result<Measured> {
    let instances = instances.unwrap_or_else(|| profile.instances());
    let options = FleetOptions {
        instances,
        bots: profile.bots(),
        bot_rate: plan::BOT_RATE.to_string(),
        // What is measured is the relay within a bot, by reference.
        environment: plan::DATABASE
            .into_iter()
            .chain([("ACROSS_BOTS_SECONDS", "never")])
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        ..FleetOptions::new(Binaries::beside_this()?)
    };
    let mut ground = Ground::start(&options).await?;
    let mut settled = None;
    if sessions > 0 {
        let (without, _) = chat(&mut ground, profile, seconds, line).await?;
        ensure!(without.good, "even without the idle the oracle is not content: {:?}", without.reasons);
        let bytes = Box::pin(idle::settle(&ground.fleet, sessions)).await?;
        let (relay_ms_without, webhook_ms_without) = (without.relay_ms, without.webhook_ms);
        settled = Some(Idle { sessions, bytes, relay_ms_without, webhook_ms_without });
    }
    let (verdict, watched) = chat(&mut ground, profile, seconds, line).await?;
    ground.stop().await?;
    Ok(Measured::new(profile, &options, verdict, watched, settled))
}

/// People chat on this ground for so long, and are watched.
async fn chat(
    ground: &mut Ground,
    profile: Profile,
    seconds: u64,
    line: Option<&Line>,
) -> anyhow::Result<(Verdict, Watched)> {
    let drive = Drive::new(ground.target()?, profile.plan(seconds))?;
    let watching = watch::Watch::new(&mut ground.fleet, &drive);
    tokio::try_join!(drive.run(line), watching.until_the_end())
}
