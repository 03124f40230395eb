//! `hamdam import --users FILE.csv`: people, bans and blocks of another bot, into the database.

mod sheet;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use hamdam_archive::{Archive, Ledger};
use hamdam_domain::clock::{Clock, Millis, SystemClock};
use hamdam_domain::fact::Fact;
use hamdam_domain::id::BotId;
use hamdam_domain::safety::{Decision, Verdict};
use serde::Serialize;

use self::sheet::{Row, Sheet};
use super::{Exit, json_flag, print_rows};
use crate::config::{Database, Inputs, Section, Settings, flags};

/// Facts written at once.
const PAGE: usize = 2_000;
/// Mistakes that are named; a file of another shape has one in every line.
const NAMED: usize = 20;
/// What is imported is older than all that Hamdam ever wrote, so it changes nobody whom the database knows.
const OLDEST: Millis = Millis(1);

pub(super) fn command() -> Command {
    Command::new("import")
        .about("Bring users, bans and blocks of another bot into the database")
        .long_about(
            "Brings users, bans and blocks of another bot into the database, before the first `hamdam serve`. The file is \
             CSV (UTF-8) with a line of names at its head: telegram_id, and as many as you have of language (en, fa, ru, \
             ar, tr, es), gender (female, male, other), age, country (two letters), interests (separated by ;), \
             banned_until (seconds since 1970, or forever), ban_reason, blocked (Telegram ids, separated by ;), bot_id (the \
             bot they used; without it --bot). All mistakes are named by their lines, and then nothing is imported. \
             Whom the database knows already stays as they are; running it again changes nothing.",
        )
        .arg(
            Arg::new("users")
                .long("users")
                .value_name("FILE.csv")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("Whom to bring over"),
        )
        .arg(
            Arg::new("bot")
                .long("bot")
                .value_name("ID")
                .value_parser(value_parser!(i64).range(1..))
                .help("The bot of those whose line names none: the digits before : in its token"),
        )
        .arg(
            Arg::new("dry-run")
                .long("dry-run")
                .action(ArgAction::SetTrue)
                .help("Only read the file and say what is in it"),
        )
        .arg(json_flag())
        .args(flags(&[Section::Database]))
        .after_help("Example: hamdam import --users old.csv --bot 123456789 --dry-run")
}

/// What is printed.
#[derive(Serialize)]
struct Answer {
    users: usize,
    bans: usize,
    blocks: usize,
    imported: bool,
}

impl Answer {
    fn line(&self) -> String {
        let done = if self.imported { "imported" } else { "in the file, nothing imported" };
        format!("{} users, {} bans, {} blocks: {done}", self.users, self.bans, self.blocks)
    }
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let database = Database::read(&mut settings);
    let database = settings.finish(database)?;
    let file: &Path = matches.get_one::<PathBuf>("users").expect("required");
    let now = SystemClock::new().unix();
    let sheet = read(file, matches.get_one("bot").copied().map(BotId), now)?;
    if !sheet.mistakes.is_empty() {
        complain(file, &sheet.mistakes);
        return Ok(Exit::Problem);
    }
    let dry = matches.get_flag("dry-run");
    if !dry {
        super::runtime()?.block_on(async {
            let archive = Archive::open(database.settings());
            let written = write(&archive, &sheet.rows).await;
            archive.close().await;
            written.with_context(|| format!("{} did not take everything; run it again", database.addresses()))
        })?;
    }
    let rows = &sheet.rows;
    let answer = Answer {
        users: rows.len(),
        bans: rows.iter().filter(|row| row.profile.banned_until.is_some()).count(),
        blocks: rows.iter().map(|row| row.blocked.len()).sum(),
        imported: !dry,
    };
    print_rows(matches.get_flag("json"), &[&answer], |answer| answer.line())?;
    Ok(Exit::Fine)
}

fn read(file: &Path, bot: Option<BotId>, now: Millis) -> anyhow::Result<Sheet> {
    let opened = std::fs::File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(Sheet::read(std::io::BufReader::new(opened), bot, now))
}

fn complain(file: &Path, mistakes: &[String]) {
    eprintln!("hamdam: nothing was imported, {} has mistakes:", file.display());
    for mistake in mistakes.iter().take(NAMED) {
        eprintln!("  {mistake}");
    }
    if mistakes.len() > NAMED {
        eprintln!("  and {} more", mistakes.len() - NAMED);
    }
}

async fn write(archive: &Archive, rows: &[Row]) -> anyhow::Result<()> {
    let mut facts = Vec::new();
    for row in rows {
        facts.extend(facts_of(row));
        if facts.len() >= PAGE {
            archive.write(&facts).await?;
            facts.clear();
        }
    }
    Ok(archive.write(&facts).await?)
}

fn facts_of(row: &Row) -> impl Iterator<Item = Fact> {
    let (user, profile) = (row.user, row.profile.clone());
    let ban = profile.banned_until.map(|until| {
        Fact::Decision(Decision {
            user,
            verdict: Verdict::Ban,
            until: Some(until),
            by: None,
            report: None,
            reason: row.ban_reason.clone(),
            // One ban however often the file is imported.
            at: OLDEST,
        })
    });
    let blocks = row.blocked.clone();
    let blocks =
        blocks.into_iter().map(move |blocked| Fact::Block { blocker: user, blocked, version: OLDEST });
    std::iter::once(Fact::Profile { user, profile, version: OLDEST }).chain(ban).chain(blocks)
}
