//! The binary `loadtest`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use loadtest::{bench, broadcast, chaos, demo, guide, population, profile, run, rush, soak, telegram};
use tokio::task::JoinSet;

/// Simulator of Telegram's server, virtual users and oracle.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Each verb is described where its options are; a description here would hide that one, and its example.
#[derive(Subcommand)]
enum Command {
    /// Stand in for Telegram's Bot API server, with users and an oracle at hand.
    Telegram(telegram::command::Options),
    /// Watch people meet and chat: everything in one process.
    Demo(demo::Options),
    Run(run::command::Options),
    Profile(profile::Options),
    Guide(guide::Options),
    Chaos(chaos::Options),
    Soak(soak::Options),
    Rush(rush::Options),
    Broadcast(broadcast::Options),
    Population(population::Options),
    Bench(bench::Options),
    /// The floors of the benches, as these start them.
    #[command(hide = true, subcommand)]
    Floor(bench::Floor),
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    match Cli::parse().command {
        Command::Telegram(options) => serve(options).await,
        Command::Demo(options) => demo::run(options).await,
        Command::Run(options) => run::command::run(options).await,
        Command::Profile(options) => profile::run(options).await,
        Command::Guide(options) => guide::run(options).await,
        Command::Chaos(options) => chaos::run(options).await,
        Command::Soak(options) => soak::run(options).await,
        Command::Rush(options) => rush::run(options).await,
        Command::Broadcast(options) => broadcast::run(options).await,
        Command::Population(options) => population::run(options),
        Command::Bench(options) => bench::run(options).await,
        Command::Floor(floor) => floor.run().await.map(|()| ExitCode::SUCCESS),
    }
}

async fn serve(options: telegram::command::Options) -> anyhow::Result<ExitCode> {
    let (gallery, events) = run::gallery();
    let mut conductors = JoinSet::new();
    let served = telegram::command::run(options, gallery, |simulator| {
        let (conducting, conductor) = run::conduct(simulator.clone(), events);
        conductors.spawn(conductor);
        run::control::router(conducting)
    });
    served.await.map(|()| ExitCode::SUCCESS)
}
