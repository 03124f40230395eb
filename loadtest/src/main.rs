//! The binary `loadtest`.

use clap::{Parser, Subcommand};
use loadtest::telegram;

/// Simulator of Telegram's server, virtual users and oracle.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Stand in for Telegram's Bot API server.
    Telegram(telegram::command::Options),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Telegram(options) => telegram::command::run(options).await,
    }
}
