//! `hamdam bots list`: which bots this configuration names, and whether Telegram knows them. `hamdam bots setup`: what
//! each says about itself, in every language.

use clap::{Arg, ArgAction, ArgMatches, Command};
use hamdam_bot::Voice;
use hamdam_domain::id::BotId;
use hamdam_domain::profile::Language;
use hamdam_telegram::method::GetMe;
use hamdam_telegram::{CallError, Client};
use serde::Serialize;

use super::{Exit, json_flag, print_rows};
use crate::config::{Bots, Inputs, Section, Settings, Telegram, flags, sells};
use crate::registration::patiently;

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
        .subcommand(
            Command::new("setup")
                .about("Tell Telegram each bot's commands, name and descriptions, in every language")
                .arg(
                    Arg::new("keep-name")
                        .long("keep-name")
                        .action(ArgAction::SetTrue)
                        .help("Leave the bots' names as they are"),
                )
                .arg(json_flag())
                .args(flags(&[Section::Bots, Section::Telegram, Section::Premium]))
                .after_help("Example: BOT_TOKENS_FILE=tokens.txt hamdam bots setup --keep-name"),
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

pub(super) fn run(action: &str, inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let (bots, telegram) = (Bots::read(&mut settings), Telegram::read(&mut settings));
    let sells = action == "setup" && sells(&mut settings);
    let (bots, telegram) = settings.finish((bots, telegram))?;
    let client = telegram.client(&bots)?;
    let keeps_name = matches.try_get_one("keep-name").ok().flatten().copied().unwrap_or(false);
    let rows = super::runtime()?.block_on(async {
        let mut rows = Vec::new();
        for bot in bots.ids() {
            let row = match action {
                "setup" => set_up(&client, bot, keeps_name, sells).await,
                _ => introduced(&client, bot).await,
            };
            rows.push(row);
        }
        rows
    });
    print_rows(matches.get_flag("json"), &rows, Row::line)?;
    Ok(if rows.iter().any(|row| row.error.is_some()) { Exit::Problem } else { Exit::Fine })
}

/// Asks who the bot is.
async fn introduced(client: &Client, bot: BotId) -> Row {
    match client.ask(bot.0, &GetMe {}).await {
        Ok(me) => Row { bot: bot.0, username: me.username, error: None },
        Err(error) => Row { bot: bot.0, username: None, error: Some(error.to_string()) },
    }
}

/// Sets what the bot says about itself. What was set before a refusal stays set; doing it again changes nothing.
async fn set_up(client: &Client, bot: BotId, keeps_name: bool, sells: bool) -> Row {
    let voice = Voice::default();
    for language in Language::ALL {
        if let Err(error) = speak(client, bot, &voice, language, keeps_name, sells).await {
            let error = Some(format!("{}: {error}", language.code()));
            return Row { bot: bot.0, username: None, error };
        }
    }
    introduced(client, bot).await
}

async fn speak(
    client: &Client,
    bot: BotId,
    voice: &Voice,
    language: Language,
    keeps_name: bool,
    sells: bool,
) -> Result<(), CallError> {
    patiently(client, bot, &voice.commands(language, sells)).await?;
    patiently(client, bot, &voice.description(language)).await?;
    patiently(client, bot, &voice.short_description(language)).await?;
    if !keeps_name {
        patiently(client, bot, &voice.name(language)).await?;
    }
    Ok(())
}
