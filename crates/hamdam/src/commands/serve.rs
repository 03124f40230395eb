//! `hamdam serve`: an instance of the fleet, until a signal ends it.

use std::sync::Arc;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use hamdam_fleet::metrics::Metrics;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;

use super::Exit;
use crate::config::{Bots, Config, Inputs, Mistakes, Section, Settings, flags};
use crate::logging;
use crate::reports::Reports;
use crate::serve::{Parts, Running, name, start};
use crate::service::ServiceManager;

/// Errors that are still to be reported at the end are given so long.
const FAREWELL: Duration = Duration::from_secs(5);

pub(super) fn command() -> Command {
    Command::new("serve")
        .about("Run an instance: take updates, match, send, keep the record")
        .arg(
            Arg::new("embedded")
                .long("embedded")
                .action(ArgAction::SetTrue)
                .help("One process alone: live state in memory, no Redis; nothing survives its end but the record"),
        )
        .arg(
            Arg::new("poll")
                .long("poll")
                .action(ArgAction::SetTrue)
                .help("Fetch updates from Telegram: needs no public address; one instance alone may do it"),
        )
        .arg(
            Arg::new("remove-webhook")
                .long("remove-webhook")
                .action(ArgAction::SetTrue)
                .requires("poll")
                .help("With --poll: remove a webhook that is set; without it that is a reason not to start"),
        )
        .args(flags(Section::ALL))
        .after_help(
            "Every setting is a variable, a line of .env, or a flag (`hamdam serve --help` lists them).\n\n\
             With nothing but a token: hamdam serve --embedded --poll --bot-tokens 123456789:AAE…\n\n\
             Example: hamdam serve --redis-url redis://redis:6379 --database-url mysql://hamdam:secret@db/hamdam",
        )
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let embedded = matches.get_flag("embedded");
    let config = if matches.get_flag("poll") {
        Config::read_fetching(inputs, embedded, matches.get_flag("remove-webhook"))?
    } else {
        Config::read(inputs, embedded)?
    };
    let metrics = Arc::new(Metrics::new());
    let reports = config.log.reports(&metrics)?;
    let _written_at_the_end = logging::start(config.log.format, reports.clone())?;
    if let Some(reports) = &reports {
        reports.watch_panics();
    }
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    if let Some(file) = &config.matchmaking.rules_file {
        tracing::info!(file = %file.display(), "matching by the rules of this file");
    }
    let runtime = super::runtime()?;
    let exit = runtime.block_on(serve(inputs, &config, metrics, reports.as_ref()));
    // What a second signal cut short must not be waited for.
    runtime.shutdown_background();
    if reports.is_some_and(|reports| !reports.close(FAREWELL)) {
        tracing::warn!("errors were still to be reported at the end (SENTRY_DSN)");
    }
    exit
}

async fn serve(
    inputs: &Inputs,
    config: &Config,
    metrics: Arc<Metrics>,
    reports: Option<&Reports>,
) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let hang_ups = signal(SignalKind::hangup())?;
    let manager = Arc::new(ServiceManager::of_environment()?);
    let mut beating = JoinSet::new();
    let beats = Arc::clone(&manager);
    beating.spawn(async move { beats.beat().await });
    let parts = tokio::select! {
        parts = Parts::measured(config, metrics) => parts?,
        number = signals.next() => return Ok(Exit::Signal(number)),
    };
    let instance = name();
    if let Some(reports) = reports {
        reports.come_from(&instance);
    }
    let running = start(config, parts, instance.clone()).await?;
    tracing::info!(%instance, listen = %running.address(), admin = %running.admin_address(), "serving");
    manager.ready();
    tokio::select! {
        _ = signals.next() => {}
        () = change_bots(hang_ups, inputs, config, &running) => {}
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

/// Reads the bots' tokens again whenever the terminal hangs up, as daemons take it; what is wrong with them is said, and the
/// instance works on for the bots it had.
async fn change_bots(mut hang_ups: Signal, inputs: &Inputs, config: &Config, running: &Running) {
    while hang_ups.recv().await.is_some() {
        match bots(inputs) {
            Ok(bots) => {
                if let Err(error) = running.work_for(config, bots).await {
                    let error = format!("{error:#}");
                    tracing::error!(error, "the bots stay as they were; hang up again to try again");
                }
            }
            Err(mistakes) => tracing::error!(%mistakes, "the bots stay as they were"),
        }
    }
    // No more will come, and that is no reason to end.
    std::future::pending::<()>().await;
}

fn bots(inputs: &Inputs) -> Result<Bots, Mistakes> {
    let mut settings = Settings::gather(inputs);
    let bots = Bots::read(&mut settings);
    settings.finish(bots)
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
