//! `hamdam admin`: decides about users, tells what is known of them, and closes the fleet for maintenance. What a running
//! fleet does follows at once, because a decision lies in the record that every update of its user reads.

pub(super) mod broadcast;
mod maintenance;
mod refund;
mod stats;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Arg, ArgMatches, Command, value_parser};
use hamdam_archive::Archive;
use hamdam_domain::clock::{Clock, Millis, SystemClock};
use hamdam_domain::conduct::{Conduct, Ratings, TrustRules};
use hamdam_domain::id::UserId;
use hamdam_domain::premium::lasts_until;
use hamdam_domain::safety::{Decision, FOR_EVER, Verdict};
use hamdam_domain::wish::Trust;
use hamdam_fleet::moderation::Moderation;
use hamdam_state::State;
use hamdam_state::redis::RedisState;
use serde::Serialize;

use super::{Exit, json_flag, print_rows};
use crate::config::{Database, Inputs, Instance, LiveState, Safety, Section, Settings, flags};

const SECTIONS: [Section; 4] = [Section::Redis, Section::Database, Section::Instance, Section::Safety];

pub(super) fn command() -> Command {
    let user = || {
        Arg::new("user")
            .value_name("USER")
            .required(true)
            .value_parser(value_parser!(i64).range(1..))
            .help("Telegram's number of the user")
    };
    let why = || {
        Arg::new("reason")
            .long("reason")
            .value_name("TEXT")
            .default_value("")
            .help("Why, for the audit trail")
    };
    Command::new("admin")
        .about("Decide about users, and about the fleet")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            stats::command(),
            refund::command(),
            maintenance::command(),
            broadcast::command(),
            Command::new("ban")
                .about("Keep a user out: their chat or search ends at once, on every instance")
                .arg(user())
                .arg(
                    Arg::new("for")
                        .long("for")
                        .value_name("TIME")
                        .value_parser(time)
                        .help("For so long, such as 30m, 12h or 7d; without it for ever"),
                )
                .arg(why())
                .arg(json_flag())
                .args(flags(&SECTIONS))
                .after_help("Example: hamdam admin ban 123456789 --for 7d --reason \"advertising\""),
            Command::new("unban")
                .about("Lift a user's ban and mute")
                .arg(user())
                .arg(why())
                .arg(json_flag())
                .args(flags(&SECTIONS))
                .after_help("Example: hamdam admin unban 123456789"),
            Command::new("user")
                .about("Tell what is known of a user; exit code 1 if nothing is")
                .arg(user())
                .arg(json_flag())
                .args(flags(&SECTIONS))
                .after_help("Example: hamdam admin user 123456789 --json"),
        ])
}

/// `30m`, `12h`, `7d`.
fn time(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no time; write a number and m, h or d, such as 7d");
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let minutes = match unit {
        "m" => Some(number),
        "h" => number.checked_mul(60),
        "d" => number.checked_mul(24 * 60),
        _ => None,
    };
    // A thousand years are for ever.
    let most = 1_000 * 365 * 24 * 60;
    minutes.filter(|minutes| (1..=most).contains(minutes)).map(Duration::from_mins).ok_or_else(wrong)
}

/// What is printed of a user.
#[derive(Serialize)]
struct Answer {
    user: i64,
    known: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stands: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    banned_until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    muted_until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    premium_until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conduct: Option<Told>,
    blocks: usize,
    reports: u64,
    decisions: Vec<Row>,
}

/// What counts of what others told: what weighs against the user, of how much parts them from others, and thumbs.
#[derive(Serialize)]
struct Told {
    against: u32,
    of: u32,
    thumbs_up: u16,
    thumbs_down: u16,
}

/// What is printed of a decision. Times are milliseconds since 1970.
#[derive(Serialize)]
struct Row {
    verdict: String,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<i64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
}

impl Answer {
    fn line(&self) -> String {
        if !self.known {
            return format!("{} is unknown", self.user);
        }
        let until = |what: &str, at: Option<i64>| at.map(|at| format!(", {what} until {}", moment(at)));
        let first = format!(
            "{} is {}{}{}{}; blocks {}, reported {} times",
            self.user,
            self.stands.unwrap_or("away"),
            until("banned", self.banned_until).unwrap_or_default(),
            until("muted", self.muted_until).unwrap_or_default(),
            until("premium", self.premium_until).unwrap_or_default(),
            self.blocks,
            self.reports,
        );
        let told = self.conduct.as_ref().map_or_else(String::new, |told| {
            let Told { against, of, thumbs_up, thumbs_down } = told;
            let trust = self.trust.unwrap_or("normal");
            format!(
                "; trust {trust}: {against} of {of} against them, thumbs {thumbs_up} up, {thumbs_down} down"
            )
        });
        let decisions = self.decisions.iter().map(|row| {
            let by = row.by.map_or_else(|| "an operator".to_owned(), |by| format!("moderator {by}"));
            let reason = if row.reason.is_empty() { String::new() } else { format!(": {}", row.reason) };
            format!("\n  {}  {:<8} by {by}{reason}", moment(row.at), row.verdict)
        });
        first + &told + &decisions.collect::<Vec<_>>().concat()
    }
}

/// Milliseconds are exact and for programs; people read days.
fn moment(at: i64) -> String {
    if at >= FOR_EVER.0 {
        return "for ever".to_owned();
    }
    hamdam_bot::date(Millis(at))
}

pub(super) fn run(action: &str, inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    match action {
        "stats" => return stats::run(inputs, matches),
        "refund" => return refund::run(inputs, matches),
        "maintenance" => return maintenance::run(inputs, matches),
        _ => {}
    }
    let mut settings = Settings::gather(inputs);
    let shards = Instance::read(&mut settings).shards;
    let (redis, database) = (LiveState::of_fleet(&mut settings, shards), Database::read(&mut settings));
    let trust = Safety::read(&mut settings).trust;
    let (redis, database) = settings.finish((redis, database))?;
    let user = UserId(*matches.get_one::<i64>("user").expect("required"));
    let answer = super::runtime()?.block_on(async {
        let state = Box::pin(RedisState::connect(&redis)).await;
        let state = Arc::new(state.with_context(|| format!("no Redis at {:?}", redis.servers))?);
        let archive = Arc::new(Archive::open(database.settings()));
        if let Some(decision) = decision(action, user, matches) {
            let moderation = Moderation::new(state.clone(), archive.clone());
            // Two operators at one instant are two decisions.
            let once = format!("admin:{}:{}", decision.at.0, std::process::id());
            moderation.decide(&decision, &once).await.context("the decision was not carried out")?;
        }
        let answer = known(&*state, &archive, user, &trust).await;
        archive.close().await;
        state.close().await;
        answer
    })?;
    print_rows(matches.get_flag("json"), &[&answer], |answer| answer.line())?;
    Ok(if answer.known { Exit::Fine } else { Exit::Problem })
}

/// What the command decides, if it does.
fn decision(action: &str, user: UserId, matches: &ArgMatches) -> Option<Decision> {
    let at = SystemClock::new().unix();
    let (verdict, until) = match action {
        "ban" => {
            let until = matches.get_one::<Duration>("for").map_or(FOR_EVER, |time| at.after(*time));
            (Verdict::Ban, Some(until.min(FOR_EVER)))
        }
        "unban" => (Verdict::Undo, None),
        _ => return None,
    };
    let reason = matches.get_one::<String>("reason").expect("has a default").chars().take(255).collect();
    Some(Decision { user, verdict, until, by: None, report: None, reason, at })
}

async fn known(
    state: &dyn State,
    archive: &Archive,
    user: UserId,
    rules: &TrustRules,
) -> anyhow::Result<Answer> {
    let reading = state.read(user).await.context("live state could not be read")?;
    let mut answer = Answer {
        user: user.0,
        known: false,
        stands: None,
        language: None,
        banned_until: None,
        muted_until: None,
        premium_until: None,
        trust: None,
        conduct: None,
        blocks: 0,
        reports: archive.reports_about(user).await.context("the database could not be read")?,
        decisions: Vec::new(),
    };
    let mut trust = Trust::Normal;
    let (profile, blocked) = match reading.record {
        Some(record) => {
            answer.stands = Some(record.session.name());
            trust = record.shown_trust(rules.trust(&record.conduct, reading.now));
            answer.conduct = Some(told(&record.conduct, rules, reading.now));
            answer.premium_until = record.premium(reading.now).map(|until| until.0);
            (record.profile, record.blocked)
        }
        None => match hamdam_archive::Directory::user(archive, user).await? {
            Some(stored) => {
                let grants = stored.credits.iter().filter_map(|credit| credit.grant);
                let until = lasts_until(grants).filter(|until| *until > reading.now);
                answer.premium_until = until.map(|until| until.0);
                (stored.profile, stored.blocked)
            }
            None => return Ok(answer),
        },
    };
    answer.known = true;
    answer.language = Some(profile.language.code());
    answer.banned_until = profile.banned(reading.now).map(|until| until.0);
    answer.muted_until = profile.muted(reading.now).map(|until| until.0);
    answer.trust = Some(match trust {
        Trust::New => "new",
        Trust::Normal => "normal",
        Trust::Reported => "reported",
    });
    answer.blocks = blocked.len();
    let rows = archive.decisions(user).await?.into_iter().map(|stored| Row {
        verdict: stored.verdict,
        at: stored.at.0,
        until: stored.until.map(|until| until.0),
        by: stored.by.map(|by| by.0),
        reason: stored.reason,
        case: stored.case,
    });
    answer.decisions = rows.collect();
    Ok(answer)
}

fn told(conduct: &Conduct, rules: &TrustRules, now: Millis) -> Told {
    let Ratings { up, down, .. } = conduct.ratings(now);
    Told { against: conduct.weight(now, rules.window), of: rules.weight, thumbs_up: up, thumbs_down: down }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_a_number_and_a_unit() {
        assert_eq!(time("30m"), Ok(Duration::from_mins(30)));
        assert_eq!(time("7d"), Ok(Duration::from_hours(168)));
        for wrong in ["", "d", "7", "0h", "-1d", "7w", "99999999d", "7é"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
