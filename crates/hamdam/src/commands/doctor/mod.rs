//! `hamdam doctor`: looks at what runs, and says what is wrong and what mends it. Changes nothing.

mod channel;
mod database;
mod finding;
mod redis;

use clap::{ArgMatches, Command};
use hamdam_domain::clock::SystemClock;
use hamdam_state::redis::RedisSettings;

pub(super) use self::database::examine as examine_database;
pub(super) use self::finding::{Finding, Level, Part};
use super::{Exit, json_flag, print_rows, webhook};
use crate::config::{Config, Inputs, LiveState, Section, Settings, WebhookAddress, flags};

pub(super) fn command() -> Command {
    Command::new("doctor")
        .about("Look at Redis, database and webhooks; exit code 1 if there is a problem")
        .arg(json_flag())
        .args(flags(Section::ALL))
        .after_help(
            "Run it with the environment of the instances. It only reads. A warning alone is no problem.\n\n\
             Example: hamdam doctor --redis-url redis://redis:6379 --json",
        )
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let config = Config::read(inputs, false)?;
    let mut settings = Settings::gather(inputs);
    let address = WebhookAddress::read(&mut settings, &config.telegram);
    let address = settings.finish(address)?;
    let findings = super::runtime()?.block_on(examine(&config, address.as_ref()))?;
    print_rows(matches.get_flag("json"), &findings, Finding::line)?;
    let worst = findings.iter().map(|finding| finding.level).max();
    Ok(if worst == Some(Level::Problem) { Exit::Problem } else { Exit::Fine })
}

async fn examine(config: &Config, address: Option<&WebhookAddress>) -> anyhow::Result<Vec<Finding>> {
    let mut configuration = Part::new("configuration");
    for warning in &config.warnings {
        configuration.warning("configuration", warning.clone(), "See `hamdam serve --help`.");
    }
    let mut findings = configuration.end("every setting fits");
    let instances = match &config.state {
        LiveState::Embedded => 1,
        LiveState::Redis(settings) => live_state(settings, &mut findings).await,
    };
    findings.extend(database::examine(&config.database, instances).await);
    let client = config.telegram.client(&config.bots)?;
    for bot in config.bots.ids() {
        let mut part = Part::new(format!("bot {bot}"));
        let row = webhook::info(&client, bot, address).await;
        for problem in &row.problems {
            part.problem("webhook", problem.clone(), "Mend it, then look again: `hamdam webhook info`.");
        }
        if let Some(channel) = &config.people.channel {
            channel::examine(&client, bot, channel, &mut part).await;
        }
        findings.extend(part.end("Telegram pushes its updates"));
    }
    Ok(findings)
}

/// Adds what is found of live state; answers how many instances live.
pub(super) async fn live_state(settings: &RedisSettings, findings: &mut Vec<Finding>) -> usize {
    let examined = Box::pin(hamdam_state::redis::examine(settings, &SystemClock::new())).await;
    match examined {
        Ok(examination) => {
            findings.extend(redis::judge(&examination, settings));
            examination.instances
        }
        Err(error) => {
            let mut part = Part::new("redis");
            let found = format!("{:#}", anyhow::Error::new(error));
            part.problem("connection", found, "Start it, or mend REDIS_URL, REDIS_NODES or REDIS_SENTINELS.");
            findings.extend(part.end(""));
            0
        }
    }
}
