//! `loadtest telegram`: the simulator as a server of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;

use super::{Nobody, Settings, Simulator};

/// Flags of `loadtest telegram`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Where to listen for calls and control requests.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// File with one bot token per line.
    #[arg(long)]
    bots: Option<PathBuf>,
}

/// Runs until killed.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let simulator = Simulator::new(Settings::default(), Arc::new(Nobody));
    let listener = tokio::net::TcpListener::bind(options.listen).await.context("cannot listen")?;
    println!("http://{}", listener.local_addr()?);
    let _ = options.bots;
    simulator.serve(listener, axum::Router::new()).await;
    Ok(())
}
