//! The command line: one file per command.

mod admin;
mod bots;
mod doctor;
mod explain;
mod import;
mod init;
mod migrate;
mod plan;
mod recover;
mod serve;
mod top;
mod webhook;

use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use clap::{ArgMatches, Command};
use tokio::runtime::Builder;

use crate::config::{Inputs, Mistakes};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// As wished.
    Fine,
    /// It did its work and found a problem, or could not do it.
    Problem,
    /// The command line is wrong.
    Usage,
    /// The configuration is wrong (`EX_USAGE` of sysexits).
    Configuration,
    /// A second signal cut the draining short; by custom 128 + its number.
    Signal(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Problem => 1,
            Exit::Usage => 2,
            Exit::Configuration => 64,
            Exit::Signal(number) => 128 + number,
        })
    }
}

/// The whole command line.
pub fn command() -> Command {
    Command::new("hamdam")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Anonymous one-to-one chat on Telegram, run as a fleet")
        .after_help("Begin with `hamdam init`. Try it with no service installed and no token: ./dev demo")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            init::command(),
            serve::command(),
            migrate::command(),
            webhook::command(),
            bots::command(),
            explain::command(),
            doctor::command(),
            plan::command(),
            top::command(),
            recover::command(),
            import::command(),
            admin::command(),
        ])
}

/// Runs the command that `args` (the program's name first) ask for.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match command().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => {
            // The terminal may be gone; then nobody reads why.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Fine }.into();
        }
    };
    let (path, leaf) = leaf(&matches);
    match dispatch(&path, leaf) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let mistakes = error.downcast_ref::<Mistakes>();
            eprintln!("hamdam: {error:#}");
            mistakes.map_or(Exit::Problem, |_| Exit::Configuration).into()
        }
    }
}

fn dispatch(path: &[&str], matches: &ArgMatches) -> anyhow::Result<Exit> {
    let inputs = Inputs::of_process(matches)?;
    match path {
        ["init"] => init::run(&inputs, matches),
        ["serve"] => serve::run(&inputs, matches),
        ["migrate"] => migrate::run(&inputs),
        ["webhook", action] => webhook::run(action, &inputs, matches),
        ["bots", action] => bots::run(action, &inputs, matches),
        ["doctor"] => doctor::run(&inputs, matches),
        ["plan"] => plan::run(matches),
        ["top"] => top::run(&inputs, matches),
        ["import"] => import::run(&inputs, matches),
        ["recover"] => recover::run(&inputs, matches),
        ["admin", "broadcast", action] => admin::broadcast::run(action, &inputs, matches),
        ["admin", action] => admin::run(action, &inputs, matches),
        ["match", _explain] => explain::run(&inputs, matches),
        other => unreachable!("clap knows only the commands above, not {other:?}"),
    }
}

/// The names down to the innermost command, and what it was given.
fn leaf(matches: &ArgMatches) -> (Vec<&str>, &ArgMatches) {
    let (mut path, mut matches) = (Vec::new(), matches);
    while let Some((name, inner)) = matches.subcommand() {
        path.push(name);
        matches = inner;
    }
    (path, matches)
}

/// The runtime of a command: a thread per core, few threads for what blocks, so that an idle instance stays small.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    // A lonely worker would pay for the locks and wake-ups by which several share their tasks.
    let alone = std::env::var("TOKIO_WORKER_THREADS").is_ok_and(|threads| threads.trim() == "1");
    let mut builder = if alone { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    builder.enable_all().max_blocking_threads(8).build()
}

/// Prints a table for people, or the rows as JSON for programs.
fn print_rows<R: serde::Serialize>(
    json: bool,
    rows: &[R],
    line: impl Fn(&R) -> String,
) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let lines = if json && out.is_terminal() {
        vec![serde_json::to_string_pretty(rows)?]
    } else if json {
        vec![serde_json::to_string(rows)?]
    } else {
        rows.iter().map(line).collect()
    };
    match lines.iter().try_for_each(|line| writeln!(out, "{line}")) {
        // Whoever reads has read enough, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => Ok(printed?),
    }
}

/// The flag of commands that print data.
fn json_flag() -> clap::Arg {
    clap::Arg::new("json").long("json").action(clap::ArgAction::SetTrue).help("Print JSON")
}
