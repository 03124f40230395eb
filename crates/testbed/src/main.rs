//! `./dev fleet`: a whole fleet on this machine, until Ctrl-C.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};
use hamdam_testbed::BalancerKind;
use hamdam_testbed::fleet::{self, Binaries, Fleet, FleetFile, FleetOptions, Request, StoreKind};
use tokio::signal::unix::{SignalKind, signal};

/// A whole fleet on this machine: Redis, MariaDB, the simulator of Telegram, instances behind a balancer.
#[derive(Parser)]
#[command(name = "./dev fleet", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    start: Start,
    #[command(subcommand)]
    change: Option<Change>,
}

#[derive(Args)]
struct Start {
    /// Instances behind the balancer.
    #[arg(long, default_value_t = 3)]
    instances: usize,
    /// Bot tokens.
    #[arg(long, default_value_t = 20)]
    bots: usize,
    /// Messages per second the simulator takes from one token, or `none`.
    #[arg(long, default_value = "30")]
    bot_rate: String,
    /// A Redis Cluster of three masters instead of one redis-server.
    #[arg(long)]
    cluster: bool,
    /// HAProxy before the instances instead of nginx.
    #[arg(long)]
    haproxy: bool,
}

/// Changes of a running fleet. Instances are numbered from 0.
#[derive(Subcommand, Clone, Copy)]
enum Change {
    /// Have N instances: new ones join, surplus ones drain.
    Scale {
        /// How many.
        n: usize,
    },
    /// Kill an instance with -9.
    Kill {
        /// Which.
        index: usize,
    },
    /// Start a killed instance again, on the ports it had.
    Restart {
        /// Which.
        index: usize,
    },
    /// Stop an instance where it stands (SIGSTOP).
    Pause {
        /// Which.
        index: usize,
    },
    /// Let a paused instance go on (SIGCONT).
    Wake {
        /// Which.
        index: usize,
    },
}

impl From<Change> for Request {
    fn from(change: Change) -> Self {
        match change {
            Change::Scale { n } => Self::Scale(n),
            Change::Kill { index } => Self::Kill(index),
            Change::Restart { index } => Self::Restart(index),
            Change::Pause { index } => Self::Pause(index),
            Change::Wake { index } => Self::Wake(index),
        }
    }
}

/// Where a running fleet is described, below the folder the command was given in.
const HOME: &str = "target/fleet";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    let home = PathBuf::from(HOME);
    match cli.change {
        Some(change) => fleet::ask(&home.join("control.sock"), change.into()).await,
        None => hold(&cli.start, &home).await,
    }
}

/// Starts a fleet and holds it until a signal.
async fn hold(start: &Start, home: &Path) -> Result<()> {
    let (file, socket) = (home.join("fleet.json"), home.join("control.sock"));
    std::fs::create_dir_all(home)?;
    if tokio::net::UnixStream::connect(&socket).await.is_ok() {
        bail!("a fleet runs already: {}", file.display());
    }
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut options = FleetOptions::new(Binaries::beside_this()?);
    options.instances = start.instances;
    options.bots = start.bots;
    options.bot_rate.clone_from(&start.bot_rate);
    if start.cluster {
        options.store = StoreKind::Cluster { replicas: 0 };
    }
    if start.haproxy {
        options.balancer = BalancerKind::HaProxy;
    }
    let mut fleet = tokio::select! {
        started = Fleet::start(&options) => started?,
        _ = interrupt.recv() => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    fleet.file().write(&file)?;
    print(&fleet.file(), &file);
    let outcome = tokio::select! {
        outcome = fleet::serve(&mut fleet, &socket, &file) => outcome,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    };
    println!("stopping");
    std::fs::remove_file(&file)?;
    std::fs::remove_file(&socket)?;
    tokio::select! {
        stopped = fleet.stop() => stopped?,
        // A second signal: at once.
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    outcome
}

fn print(fleet: &FleetFile, file: &Path) {
    println!("webhooks   {}/telegram/<bot id>", fleet.webhook_url);
    println!("telegram   {}", fleet.telegram_url);
    println!("redis      {}", fleet.redis_url);
    println!("database   {}", fleet.database_url);
    for (index, instance) in fleet.instances.iter().enumerate() {
        println!("instance {index} http://{}  metrics http://{}/metrics", instance.listen, instance.admin);
    }
    println!("fleet file {}", file.display());
    println!("try: ./dev loadtest run --fleet {} --users 200 --seconds 30", file.display());
    println!("Ctrl-C stops everything.");
}
