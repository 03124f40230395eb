//! `hamdam init`: from a token to something that can serve. Asks what is missing, writes it to `.env`, brings the database
//! up to this version, registers the address, and says what stands in the way. Doing it again changes nothing that is well.

mod ask;
mod dot_env;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{IsTerminal, stdin, stdout};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Arg, ArgMatches, Command};
use hamdam_archive::Archive;
use hamdam_domain::id::BotId;
use hamdam_telegram::Client;
use hamdam_telegram::method::{GetMe, GetWebhookInfo};
use rand::TryRngCore;

use super::doctor::{self, Finding, Level, Part};
use super::{Exit, print_rows, webhook};
use crate::config::{
    Config, Inputs, LiveState, Section, Settings, VARIABLES, Variable, WebhookAddress, flags,
};
use crate::registration::{Certificate, Connecting, FEWEST_INSTANCES, connections, patiently};

/// What `.env` is to hold, wherever it came from: the rest has a default that serves.
const WRITTEN: [Section; 5] =
    [Section::Bots, Section::Telegram, Section::Webhook, Section::Redis, Section::Database];

pub(super) fn command() -> Command {
    Command::new("init")
        .about("Begin: check the token, write .env, prepare the database, register the address, say what is missing")
        .arg(
            Arg::new("certificate")
                .long("certificate")
                .value_name("FILE")
                .value_parser(clap::value_parser!(PathBuf))
                .help("The certificate in PEM that WEBHOOK_BASE_URL shows, if it is self-signed"),
        )
        .args(flags(&WRITTEN))
        .after_help(
            "In a terminal it asks for what is neither a flag, nor in the environment, nor in .env; else it takes those \
             alone. Lines of .env are added, never changed.\n\n\
             Example: hamdam init --bot-tokens 123456789:AAE… --webhook-base-url https://chat.example.org \\\n         \
             --redis-url redis://redis:6379 --database-url mysql://hamdam:secret@db/hamdam",
        )
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut inputs = inputs.clone();
    if stdin().is_terminal() {
        ask::missing(&mut inputs, &mut stdin().lock(), &mut stdout())?;
    }
    let given = Settings::gather(&inputs);
    if !given.has("WEBHOOK_SECRET") {
        inputs.flags.insert("WEBHOOK_SECRET".to_owned(), secret()?);
    }
    let lines = lines(&inputs)?;
    let config = Config::read(&inputs, !has_redis(&given))?;
    let mut settings = Settings::gather(&inputs);
    let address = WebhookAddress::read(&mut settings, &config.telegram);
    let address = settings.finish(address)?;
    let certificate =
        matches.get_one("certificate").map(|path: &PathBuf| Certificate::read(path)).transpose()?;
    let max = connections(config.bots.ids().count(), FEWEST_INSTANCES);
    let begin = Begin {
        client: config.telegram.client(&config.bots)?,
        config,
        address,
        connecting: Connecting { max, certificate },
    };
    super::runtime()?.block_on(async {
        let (mut findings, names) = begin.introduce().await;
        if worst(&findings) != Level::Problem {
            write(&lines, &mut findings)?;
            begin.prepare(&mut findings).await;
        }
        print_rows(false, &findings, Finding::line)?;
        if worst(&findings) == Level::Problem {
            println!("\nMend this, then `hamdam init` again: what is well stays as it is.");
            return Ok(Exit::Problem);
        }
        println!("\n{}", begin.next(&names));
        Ok(Exit::Fine)
    })
}

fn has_redis(settings: &Settings) -> bool {
    settings.first_given(&["REDIS_URL", "REDIS_HOST", "REDIS_NODES", "REDIS_SENTINELS"]).is_some()
}

/// 32 bytes that nobody can guess, in hex.
fn secret() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).context("this machine gives no random bytes")?;
    let mut hex = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(hex, "{byte:02x}").expect("writing to a String never fails");
    }
    Ok(hex)
}

/// What `.env` does not say yet.
fn lines(inputs: &Inputs) -> anyhow::Result<BTreeMap<String, String>> {
    let there = inputs.file();
    let mut lines = BTreeMap::new();
    let names = VARIABLES.iter().filter(|variable| WRITTEN.contains(&variable.section));
    for name in names.flat_map(names_of) {
        let given =
            inputs.flags.get(&name).or_else(|| inputs.environment.get(&name)).map(|value| value.trim());
        let Some(given) = given.filter(|value| !value.is_empty()) else { continue };
        match there.get(&name) {
            Some(there) if there.trim() != given => {
                anyhow::bail!(
                    "{name} is given, and .env has another value for it; change its line, or do not give it"
                )
            }
            Some(_) => {}
            None => drop(lines.insert(name, given.to_owned())),
        }
    }
    Ok(lines)
}

fn names_of(variable: &Variable) -> impl Iterator<Item = String> {
    [Some(variable.name.to_owned()), variable.file_name()].into_iter().flatten()
}

fn write(lines: &BTreeMap<String, String>, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    let well = if lines.is_empty() {
        "nothing to add".to_owned()
    } else {
        dot_env::add(Path::new(".env"), lines).context("cannot write .env")?;
        let names: Vec<_> = lines.keys().map(String::as_str).collect();
        format!("{} written", names.join(", "))
    };
    findings.extend(Part::new(".env").end(well));
    Ok(())
}

fn worst(findings: &[Finding]) -> Level {
    findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Fine)
}

/// What is being begun.
struct Begin {
    config: Config,
    client: Client,
    address: Option<WebhookAddress>,
    connecting: Connecting,
}

impl Begin {
    /// Asks Telegram who the bots are.
    async fn introduce(&self) -> (Vec<Finding>, Vec<String>) {
        let (mut findings, mut names) = (Vec::new(), Vec::new());
        for bot in self.config.bots.ids() {
            let mut part = part(bot);
            let mut well = String::new();
            match patiently(&self.client, bot, &GetMe {}).await {
                Ok(me) => {
                    let name = me.username.unwrap_or_default();
                    well = format!("Telegram knows it as @{name}");
                    names.push(name);
                }
                Err(error) => part.problem(
                    "token",
                    error.to_string(),
                    "Nothing was written. Check the token with @BotFather, and that this machine reaches TELEGRAM_API_URL.",
                ),
            }
            findings.extend(part.end(well));
        }
        (findings, names)
    }

    /// Database, live state, and at last the address: Telegram pushes to it from then on.
    async fn prepare(&self, findings: &mut Vec<Finding>) {
        self.migrate(findings).await;
        if let LiveState::Redis(settings) = &self.config.state {
            doctor::live_state(settings, findings).await;
        }
        let (Some(address), Some(secrets)) = (&self.address, self.config.secrets()) else {
            self.look_for_a_webhook(findings).await;
            return;
        };
        if worst(findings) == Level::Problem {
            return;
        }
        for bot in self.config.bots.ids() {
            let row = webhook::set(&self.client, bot, address, secrets, &self.connecting).await;
            let mut part = part(bot);
            for problem in row.problems {
                part.problem("webhook", problem, "Mend it; `hamdam webhook set` registers the address too.");
            }
            findings.extend(part.end(format!("its updates go to {}", address.url(bot))));
        }
    }

    async fn migrate(&self, findings: &mut Vec<Finding>) {
        let archive = Archive::open(self.config.database.settings());
        let migrated = archive.migrate().await;
        archive.close().await;
        if let Err(error) = migrated {
            let mut part = Part::new("database");
            let found = format!("{}: {:#}", self.config.database.addresses(), anyhow::Error::new(error));
            part.problem(
                "connection",
                found,
                "Start it, create the database and its user, or mend DATABASE_URL.",
            );
            findings.extend(part.end(""));
            return;
        }
        findings.extend(doctor::examine_database(&self.config.database, 1).await);
    }

    /// Where updates are to be fetched, one that is set is in the way.
    async fn look_for_a_webhook(&self, findings: &mut Vec<Finding>) {
        for bot in self.config.bots.ids() {
            let mut part = part(bot);
            match patiently(&self.client, bot, &GetWebhookInfo {}).await {
                Ok(info) if info.url.is_empty() => continue,
                Ok(info) => part.warning(
                    "webhook",
                    format!("its updates are pushed to {}", info.url),
                    "If nobody serves there any more, add --remove-webhook to the command below.",
                ),
                Err(error) => part.problem("webhook", error.to_string(), "Try again."),
            }
            findings.extend(part.end(""));
        }
    }

    /// What to do next.
    fn next(&self, names: &[String]) -> String {
        let embedded = matches!(self.config.state, LiveState::Embedded);
        let mut serve = "hamdam serve".to_owned();
        if embedded {
            serve.push_str(" --embedded");
        }
        if self.address.is_none() {
            serve.push_str(" --poll");
        }
        let links: Vec<_> = names.iter().map(|name| format!("https://t.me/{name}")).collect();
        let mut next = format!("Next, in this folder: {serve}\n");
        if !embedded {
            next.push_str("  The same on every machine of the fleet, with the same .env; `hamdam doctor` looks at all of it.\n");
        }
        next.push_str("  `hamdam bots setup` tells Telegram the bots' commands and descriptions.\n");
        next + &format!("  Then two people open {} and touch Start.", links.join(" or "))
    }
}

fn part(bot: BotId) -> Part {
    Part::new(format!("bot {bot}"))
}
