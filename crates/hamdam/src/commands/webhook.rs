//! `hamdam webhook set|info|delete`: where Telegram pushes each bot's updates. `serve` never touches this.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Arg, ArgMatches, Command};
use hamdam_domain::id::BotId;
use hamdam_telegram::method::{DeleteWebhook, GetWebhookInfo, WebhookInfo};
use hamdam_telegram::update::ALLOWED_UPDATES;
use hamdam_telegram::{CallError, Client};
use serde::Serialize;

use super::{Exit, json_flag, print_rows};
use crate::config::{Bots, Inputs, Section, Settings, Telegram, WebhookAddress, WebhookSecrets, flags};
use crate::registration::{Certificate, Connecting, FEWEST_INSTANCES, connections, patiently, register};

pub(super) fn command() -> Command {
    let sections = [Section::Bots, Section::Telegram, Section::Webhook];
    Command::new("webhook")
        .about("Where Telegram pushes the bots' updates")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("set")
                .about("Register WEBHOOK_BASE_URL for every bot, with its own secret")
                .arg(
                    Arg::new("max-connections")
                        .long("max-connections")
                        .value_name("N")
                        .value_parser(clap::value_parser!(u8).range(1..=100))
                        .help("Connections Telegram may open, per bot [default: 100, or fewer where many bots share three instances]"),
                )
                .arg(
                    Arg::new("certificate")
                        .long("certificate")
                        .value_name("FILE")
                        .value_parser(clap::value_parser!(PathBuf))
                        .help("The certificate in PEM that the address shows, if it is self-signed: Telegram trusts it then"),
                )
                .arg(json_flag())
                .args(flags(&sections))
                .after_help("Example: hamdam webhook set --webhook-base-url https://chat.example.org"),
        )
        .subcommand(
            Command::new("info")
                .about("Ask Telegram how pushing goes; exit code 1 if something is wrong")
                .arg(json_flag())
                .args(flags(&sections))
                .after_help("Example: hamdam webhook info --json"),
        )
        .subcommand(
            Command::new("delete")
                .about("End pushing; what waits stays with Telegram for a day")
                .arg(json_flag())
                .args(flags(&sections[..2]))
                .after_help("Example: BOT_TOKENS=123456:ABC… hamdam webhook delete"),
        )
}

/// What is printed of a bot.
#[derive(Serialize)]
pub(super) struct Row {
    bot: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<WebhookInfo>,
    /// What keeps updates from coming in.
    pub(super) problems: Vec<String>,
}

impl Row {
    fn of<T>(
        bot: BotId,
        answer: Result<T, CallError>,
        webhook: impl FnOnce(T) -> Option<WebhookInfo>,
    ) -> Self {
        match answer {
            Ok(answer) => Self { bot: bot.0, webhook: webhook(answer), problems: Vec::new() },
            Err(error) => Self { bot: bot.0, webhook: None, problems: vec![error.to_string()] },
        }
    }

    fn line(&self) -> String {
        use std::fmt::Write as _;
        let mut line = format!("{:<12}", self.bot);
        if let Some(info) = &self.webhook {
            let url = if info.url.is_empty() { "(none)" } else { &info.url };
            write!(line, " {url}  {} waiting", info.pending_update_count).expect("written to memory");
        }
        if self.webhook.is_none() && self.problems.is_empty() {
            line.push_str(" done");
        }
        for problem in &self.problems {
            write!(line, "\n{:<12} problem: {problem}", "").expect("written to memory");
        }
        line
    }
}

pub(super) fn run(action: &str, inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let (bots, telegram) = (Bots::read(&mut settings), Telegram::read(&mut settings));
    let (address, secrets) = match action {
        "set" => {
            let address = WebhookAddress::require(&mut settings, &telegram);
            (address, Some(WebhookSecrets::read(&mut settings)))
        }
        _ => (WebhookAddress::read(&mut settings, &telegram), None),
    };
    settings.finish(())?;
    let client = telegram.client(&bots)?;
    let given = |name| matches.try_get_one::<PathBuf>(name).ok().flatten();
    let given_connections = matches.try_get_one("max-connections").ok().flatten().copied();
    let connecting = Connecting {
        max: given_connections.unwrap_or_else(|| connections(bots.ids().count(), FEWEST_INSTANCES)),
        certificate: given("certificate").map(|path| Certificate::read(path)).transpose()?,
    };
    let rows = super::runtime()?.block_on(async {
        let mut rows = Vec::new();
        for bot in bots.ids() {
            rows.push(match (action, &address, &secrets) {
                ("set", Some(address), Some(secrets)) => {
                    set(&client, bot, address, secrets, &connecting).await
                }
                ("delete", ..) => {
                    Row::of(bot, patiently(&client, bot, &DeleteWebhook::default()).await, |_| None)
                }
                _ => info(&client, bot, address.as_ref()).await,
            });
        }
        rows
    });
    print_rows(matches.get_flag("json"), &rows, Row::line).context("cannot print")?;
    Ok(if rows.iter().all(|row| row.problems.is_empty()) { Exit::Fine } else { Exit::Problem })
}

/// Registers the address, and asks how pushing goes.
pub(super) async fn set(
    client: &Client,
    bot: BotId,
    address: &WebhookAddress,
    secrets: &WebhookSecrets,
    connecting: &Connecting,
) -> Row {
    match register(client, bot, address, secrets, connecting).await {
        Ok(()) => info(client, bot, Some(address)).await,
        Err(error) => Row::of(bot, Err::<(), _>(error), |()| None),
    }
}

/// Asks Telegram how pushing goes.
pub(super) async fn info(client: &Client, bot: BotId, address: Option<&WebhookAddress>) -> Row {
    let mut row = Row::of(bot, patiently(client, bot, &GetWebhookInfo {}).await, Some);
    if let Some(info) = &row.webhook {
        row.problems = problems(info, address.map(|address| address.url(bot)).as_deref());
    }
    row
}

/// What keeps updates from coming in as they should.
fn problems(info: &WebhookInfo, wanted: Option<&str>) -> Vec<String> {
    let mut problems = Vec::new();
    if info.url.is_empty() {
        problems.push("no webhook is set; run `hamdam webhook set`".to_owned());
        return problems;
    }
    if let Some(wanted) = wanted.filter(|wanted| *wanted != info.url) {
        problems.push(format!("Telegram pushes to another address than {wanted}; run `hamdam webhook set`"));
    }
    let named = info.allowed_updates.as_deref().unwrap_or_default();
    let missing: Vec<_> =
        ALLOWED_UPDATES.into_iter().filter(|kind| !named.iter().any(|name| name == kind)).collect();
    if !missing.is_empty() {
        problems.push(format!("Telegram does not push {}; run `hamdam webhook set`", missing.join(", ")));
    }
    // The text stays after later successes; with nothing waiting it is history.
    if let Some(error) = info.last_error_message.as_deref().filter(|_| info.pending_update_count > 0) {
        problems.push(format!("updates wait, and the last failure was: {error}"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_failure_with_nothing_waiting_is_history() {
        let kinds = ALLOWED_UPDATES.into_iter().map(str::to_owned).collect();
        let mut info = WebhookInfo {
            url: "https://a/telegram/1".into(),
            allowed_updates: Some(kinds),
            last_error_message: Some("Connection refused".into()),
            ..WebhookInfo::default()
        };
        assert_eq!(problems(&info, None), Vec::<String>::new());
        info.pending_update_count = 1;
        assert_eq!(problems(&info, None).len(), 1);
        assert_eq!(problems(&info, Some("https://b/telegram/1")).len(), 2);
        info.allowed_updates = Some(vec!["message".into()]);
        assert!(problems(&info, None)[0].contains("message_reaction"), "{:?}", problems(&info, None));
        assert_eq!(problems(&WebhookInfo::default(), None).len(), 1);
    }
}
