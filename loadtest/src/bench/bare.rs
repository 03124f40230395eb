//! The floors beside the frozen one, each in a process of its own: what the same libraries can do without logic.
//! Frozen like it: a change here moves the yardstick.

mod calls;
mod rows;
mod server;

/// Floors, as the benches start them.
#[derive(Debug, clap::Subcommand)]
pub enum Floor {
    /// Of a relayed message: a webhook, one script, one call.
    Relay(super::floor::Options),
    /// Of an update: a webhook with so many scripts and calls.
    Server(server::Options),
    /// Of a send: calls alone.
    Calls(calls::Options),
    /// Of the journal: rows alone.
    Rows(rows::Options),
}

impl Floor {
    /// Serves until killed, or works and prints what it cost.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Relay(options) => super::floor::run(options).await,
            Self::Server(options) => server::run(options).await,
            Self::Calls(options) => calls::run(options).await,
            Self::Rows(options) => rows::run(options).await,
        }
    }
}
