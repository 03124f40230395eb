//! `hamdam serve`: an instance of the fleet, until a signal ends it.

use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;

use super::Exit;
use crate::config::{Config, Inputs, Section, flags};
use crate::logging;
use crate::serve::{Parts, start};
use crate::service::ServiceManager;

pub(super) fn command() -> Command {
    Command::new("serve")
        .about("Run an instance: take updates, match, send, keep the record")
        .arg(
            Arg::new("embedded")
                .long("embedded")
                .action(ArgAction::SetTrue)
                .help("One process alone: live state in memory, no Redis; nothing survives its end but the record"),
        )
        .args(flags(Section::ALL))
        .after_help(
            "Every setting is a variable, a line of .env, or a flag (`hamdam serve --help` lists them).\n\n\
             Example: hamdam serve --redis-url redis://redis:6379 --database-url mysql://hamdam:secret@db/hamdam",
        )
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let config = Config::read(inputs, matches.get_flag("embedded"))?;
    let _written_at_the_end = logging::start(config.log.format)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    if let Some(file) = &config.matchmaking.rules_file {
        tracing::info!(file = %file.display(), "matching by the rules of this file");
    }
    let runtime = super::runtime()?;
    let exit = runtime.block_on(serve(&config));
    // What a second signal cut short must not be waited for.
    runtime.shutdown_background();
    exit
}

async fn serve(config: &Config) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let manager = Arc::new(ServiceManager::of_environment()?);
    let mut beating = JoinSet::new();
    let beats = Arc::clone(&manager);
    beating.spawn(async move { beats.beat().await });
    let parts = tokio::select! {
        parts = Parts::of(config) => parts?,
        number = signals.next() => return Ok(Exit::Signal(number)),
    };
    let running = start(config, parts).await?;
    tracing::info!(listen = %running.address(), admin = %running.admin_address(), "serving");
    manager.ready();
    tokio::select! {
        _ = signals.next() => {}
        () = running.failed() => {
            tracing::error!("a part of this instance has broken down; it ends, and others take over");
            return Ok(Exit::Problem);
        }
    }
    manager.stopping();
    tracing::info!("draining; a second signal exits at once");
    tokio::select! {
        () = running.drain() => Ok(Exit::Fine),
        number = signals.next() => Ok(Exit::Signal(number)),
    }
}

/// What ends an instance.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next one; answers its number.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.terminate.recv() => 15,
            _ = self.interrupt.recv() => 2,
        }
    }
}
