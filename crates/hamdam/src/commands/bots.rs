//! `hamdam bots list`: which bots this configuration names, and whether Telegram knows them.

use clap::{ArgMatches, Command};
use hamdam_telegram::method::GetMe;
use serde::Serialize;

use super::{Exit, json_flag, print_rows};
use crate::config::{Bots, Inputs, Section, Settings, Telegram, flags};

pub(super) fn command() -> Command {
    Command::new("bots")
        .about("The bots of this fleet")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("list")
                .about("Ask Telegram who each bot is; exit code 1 if it does not know one")
                .arg(json_flag())
                .args(flags(&[Section::Bots, Section::Telegram]))
                .after_help("Example: BOT_TOKENS_FILE=tokens.txt hamdam bots list --json"),
        )
}

/// What is printed of a bot.
#[derive(Serialize)]
struct Row {
    bot: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Row {
    fn line(&self) -> String {
        match (&self.username, &self.error) {
            (_, Some(error)) => format!("{:<12} {error}", self.bot),
            (Some(name), None) => format!("{:<12} @{name}", self.bot),
            (None, None) => format!("{:<12} (no user name)", self.bot),
        }
    }
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let (bots, telegram) = (Bots::read(&mut settings), Telegram::read(&mut settings));
    let (bots, telegram) = settings.finish((bots, telegram))?;
    let client = telegram.client(&bots)?;
    let rows = super::runtime()?.block_on(async {
        let mut rows = Vec::new();
        for bot in bots.ids() {
            let (username, error) = match client.ask(bot.0, &GetMe {}).await {
                Ok(me) => (me.username, None),
                Err(error) => (None, Some(error.to_string())),
            };
            rows.push(Row { bot: bot.0, username, error });
        }
        rows
    });
    print_rows(matches.get_flag("json"), &rows, Row::line)?;
    Ok(if rows.iter().any(|row| row.error.is_some()) { Exit::Problem } else { Exit::Fine })
}
