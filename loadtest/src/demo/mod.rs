//! `loadtest demo`: everything in one process, for the eye. An instance with its state in memory and its record in
//! SQLite, the simulated Telegram, a dozen people who meet and chat, and the oracle that watches.

mod cast;
mod ink;
mod play;
mod script;
mod story;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::report::write_json;
use play::Play;
use world::World;

/// Flags of `loadtest demo`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example: loadtest demo --seconds 20 --users 8")]
pub struct Options {
    /// End by itself after so many seconds; without it, Ctrl-C ends it
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: Option<u64>,
    /// People
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(2..=1_000))]
    users: u16,
    /// Where all chance comes from
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Where the verdict is written
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Plays until the time is up or somebody presses Ctrl-C, then lets the oracle speak. The exit code is 0 only if its
/// verdict is good.
pub async fn run(options: Options) -> Result<ExitCode> {
    let mut world = World::create(&options).await?;
    let mut play = Play::new(&options, &world);
    play.perform(&mut world).await;
    let verdict = tokio::select! {
        verdict = play.end(&mut world) => verdict,
        // Pressed again: somebody is in a hurry.
        _ = tokio::signal::ctrl_c() => return Ok(ExitCode::FAILURE),
    };
    world.end().await;
    play.applaud(&verdict);
    write_json(options.json.as_deref(), &verdict)?;
    Ok(if verdict.good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_short_demo_ends_with_a_good_verdict() {
        let options = Options { seconds: Some(4), users: 6, seed: 1, json: None };
        let mut world = World::create(&options).await.unwrap();
        let mut play = Play::new(&options, &world);
        play.perform(&mut world).await;
        let verdict = play.end(&mut world).await;
        world.end().await;
        assert!(verdict.good, "{:?}", verdict.reasons);
        assert!(verdict.rooms > 0 && verdict.relayed > 0, "{verdict:?}");
    }
}
