//! `hamdam admin broadcast`: begins a broadcast, steers it, and tells how it goes. The instances queue and send it.

use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use hamdam_archive::Archive;
use hamdam_domain::broadcast::{BroadcastId, Message, Order, Plan, Segment, Tally, Text};
use hamdam_domain::clock::{Clock, SystemClock};
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::outbox::Entry;
use hamdam_domain::profile::Language;
use hamdam_domain::wish::{Country, Gender};
use hamdam_state::State;
use hamdam_state::redis::RedisState;
use hamdam_state::step::broadcast::Begun;
use serde::Serialize;

use super::super::{Exit, json_flag, print_rows, runtime};
use super::moment;
use crate::config::{Database, Inputs, Instance, LiveState, Section, Settings, flags};

const SECTIONS: [Section; 3] = [Section::Redis, Section::Database, Section::Instance];
/// Characters of a message, as Telegram counts them.
const MOST_CHARACTERS: usize = 4_096;

pub(super) fn command() -> Command {
    let number = || {
        Arg::new("number")
            .value_name("NUMBER")
            .required(true)
            .value_parser(value_parser!(u32).range(1..))
            .help("The broadcast's number")
    };
    let end = |command: Command, example: &'static str| {
        command.arg(json_flag()).args(flags(&SECTIONS)).after_help(example)
    };
    Command::new("broadcast")
        .about("Say something to everybody, or to a part of them, below the conversations' traffic")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            end(
                Command::new("start").about("Begin one; there is one at a time").args(texts()).args(parts()),
                "Example: hamdam admin broadcast start --text en=Hello --text-file fa=salam.txt --active-days 7",
            ),
            end(
                Command::new("preview")
                    .about("Show somebody, by the bot they used last, what they would read")
                    .arg(
                        Arg::new("user")
                            .value_name("USER")
                            .required(true)
                            .value_parser(value_parser!(i64).range(1..))
                            .help("Telegram's number of the user: yourself, perhaps"),
                    )
                    .args(texts()),
                "Example: hamdam admin broadcast preview 123456789 --text en=Hello",
            ),
            end(
                Command::new("show").about("Tell how one goes, or the last one").arg(number().required(false)),
                "Example: hamdam admin broadcast show --json",
            ),
            end(
                Command::new("list").about("Tell of the last ones, from the database"),
                "Example: hamdam admin broadcast list",
            ),
            end(
                Command::new("pause").about("Stop one for now").arg(number()),
                "Example: hamdam admin broadcast pause 7",
            ),
            end(
                Command::new("resume").about("Let one go on").arg(number()),
                "Example: hamdam admin broadcast resume 7",
            ),
            end(
                Command::new("cancel").about("Stop one for good").arg(number()),
                "Example: hamdam admin broadcast cancel 7",
            ),
        ])
}

/// What is said.
fn texts() -> [Arg; 2] {
    let repeated = |name: &'static str| Arg::new(name).long(name).action(ArgAction::Append);
    [
        repeated("text").value_name("LANGUAGE=TEXT").help(
            "What those read whom the bot speaks this language with; others read the English text, or the first",
        ),
        repeated("text-file").value_name("LANGUAGE=PATH").help("The same from a file"),
    ]
}

/// To whom.
fn parts() -> [Arg; 5] {
    let languages = Language::ALL.map(Language::code);
    [
        Arg::new("language").long("language").value_parser(languages).help("Only who is spoken to in it"),
        Arg::new("bot")
            .long("bot")
            .value_name("BOT")
            .value_parser(value_parser!(i64).range(1..))
            .help("Only who used this bot last: the digits before `:` in its token"),
        Arg::new("gender").long("gender").value_parser(["female", "male", "other"]).help("Only who told so"),
        Arg::new("country").long("country").value_name("CC").value_parser(country).help("Only who told so"),
        Arg::new("active-days")
            .long("active-days")
            .value_name("N")
            .value_parser(value_parser!(u8).range(1..=i64::from(Segment::MOST_DAYS)))
            .help("Only who was here within so many days"),
    ]
}

fn country(code: &str) -> Result<Country, String> {
    Country::new(code).map_err(|_| format!("{code:?} is no country; write two letters, such as IR"))
}

/// What is printed of a broadcast. Times are milliseconds since 1970.
#[derive(Serialize)]
struct Row {
    broadcast: u32,
    /// `running`, `paused`, `cancelled`; `over` says whether something became of all of it.
    course: String,
    over: bool,
    /// `language,bot,gender,country,days`.
    segment: String,
    begun_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    over_at: Option<i64>,
    /// Everybody it is for is queued; until then the counts below are of those who were so far.
    all_queued: bool,
    #[serde(flatten)]
    tally: Tally,
}

impl Row {
    fn line(&self) -> String {
        let Tally { queued, sent, unreachable, failed, dropped } = self.tally;
        let end = match (self.over, self.course.as_str()) {
            (true, "cancelled") => "cancelled and over",
            (true, _) => "over",
            (false, course) => course,
        };
        let more = if self.all_queued { "" } else { " and more to come" };
        format!(
            "broadcast {} of {}: {end}; queued {queued}{more}, sent {sent}, unreachable {unreachable}, failed {failed}, \
             dropped {dropped}",
            self.broadcast,
            moment(self.begun_at),
        )
    }
}

pub(in super::super) fn run(action: &str, inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let shards = Instance::read(&mut settings).shards;
    let (redis, database) = (LiveState::of_fleet(&mut settings, shards), Database::read(&mut settings));
    let (redis, database) = settings.finish((redis, database))?;
    let wanted = match Wanted::of(action, matches) {
        Ok(wanted) => wanted,
        Err(error) => {
            eprintln!("hamdam: {error:#}");
            return Ok(Exit::Usage);
        }
    };
    let rows = runtime()?.block_on(async {
        let state = Box::pin(RedisState::connect(&redis)).await;
        let state = Arc::new(state.with_context(|| format!("no Redis at {:?}", redis.servers))?);
        let archive = Archive::open(database.settings());
        let rows = wanted.carry_out(&*state, &archive).await;
        archive.close().await;
        state.close().await;
        rows
    })?;
    print_rows(matches.get_flag("json"), &rows, Row::line)?;
    Ok(Exit::Fine)
}

/// What is to be done.
enum Wanted {
    Start(Plan),
    Preview(UserId, Message),
    Show(Option<BroadcastId>),
    List,
    Steer(BroadcastId, Order),
}

impl Wanted {
    fn of(action: &str, matches: &ArgMatches) -> anyhow::Result<Self> {
        let number = || matches.get_one::<u32>("number").copied().map(BroadcastId);
        Ok(match action {
            "start" => Self::Start(Plan { message: message(matches)?, to: segment(matches), by: None }),
            "preview" => {
                let user = UserId(*matches.get_one::<i64>("user").expect("required"));
                Self::Preview(user, message(matches)?)
            }
            "show" => Self::Show(number()),
            "list" => Self::List,
            order => {
                let order = Order::of_word(order).expect("clap knows only these");
                Self::Steer(number().expect("required"), order)
            }
        })
    }

    async fn carry_out(self, state: &dyn State, archive: &Archive) -> anyhow::Result<Vec<Row>> {
        match self {
            Self::Start(plan) => {
                // Two operators at one instant wish two broadcasts.
                let once = format!("admin:{}:{}", SystemClock::new().unix().0, std::process::id());
                match state.begin_broadcast(&plan, &once).await? {
                    Begun::As(number) => Ok(vec![row(state, number).await?]),
                    Begun::Busy(number) => bail!(
                        "broadcast {number} is under way, and there is one at a time; wait for it, or cancel it \
                         (hamdam admin broadcast cancel {number})"
                    ),
                }
            }
            Self::Preview(user, message) => {
                preview(state, user, &message).await?;
                Ok(Vec::new())
            }
            Self::Show(number) => {
                let number = match number {
                    Some(number) => number,
                    None => state.board().await?.newest,
                };
                Ok(vec![row(state, number).await?])
            }
            Self::List => Ok(archive.broadcasts().await?.into_iter().map(stored).collect()),
            Self::Steer(number, order) => {
                let course = state.steer_broadcast(number, order).await?;
                ensure!(course.is_some(), "broadcast {number} is not under way (any more)");
                Ok(vec![row(state, number).await?])
            }
        }
    }
}

async fn row(state: &dyn State, number: BroadcastId) -> anyhow::Result<Row> {
    let known = state.broadcast(number).await?;
    let known = known.with_context(|| match number.0 {
        0 => "there was no broadcast yet".to_owned(),
        _ => format!("live state does not know broadcast {number}; `hamdam admin broadcast list` may"),
    })?;
    Ok(Row {
        broadcast: number.0,
        course: known.course.word().to_owned(),
        over: known.over_at.is_some(),
        segment: known.plan.to.to_string(),
        begun_at: known.begun_at.0,
        over_at: known.over_at.map(|at| at.0),
        all_queued: known.all_queued,
        tally: hamdam_fleet::broadcast::tally(state, number).await?,
    })
}

fn stored(broadcast: hamdam_archive::StoredBroadcast) -> Row {
    Row {
        broadcast: broadcast.number,
        course: broadcast.course,
        over: broadcast.over_at.is_some(),
        segment: broadcast.segment,
        begun_at: broadcast.begun_at.0,
        over_at: broadcast.over_at.map(|at| at.0),
        all_queued: broadcast.over_at.is_some(),
        tally: broadcast.tally,
    }
}

/// Puts it into their chat as a broadcast would be.
async fn preview(state: &dyn State, user: UserId, message: &Message) -> anyhow::Result<()> {
    let record = state.read(user).await?.record;
    let record =
        record.with_context(|| format!("live state does not know user {user}; let them write to a bot"))?;
    let content = message.content(record.profile.language, record.profile.bot);
    let content = content.context("there is nothing to say")?;
    let once = format!("preview:{}:{}", SystemClock::new().unix().0, std::process::id());
    Ok(state.post(user, record.profile.bot, &Entry { room: None, content }, &once).await?)
}

fn segment(matches: &ArgMatches) -> Segment {
    let word = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    Segment {
        language: word("language").and_then(language),
        bot: matches.get_one::<i64>("bot").copied().map(BotId),
        gender: word("gender").map(|gender| match gender {
            "female" => Gender::Female,
            "male" => Gender::Male,
            _ => Gender::Other,
        }),
        country: matches.get_one::<Country>("country").copied(),
        active_days: matches.get_one::<u8>("active-days").copied(),
    }
}

fn language(code: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| language.code() == code)
}

/// The texts as they were given, each language once.
fn message(matches: &ArgMatches) -> anyhow::Result<Message> {
    let mut texts: Vec<Text> = Vec::new();
    for name in ["text", "text-file"] {
        for given in matches.get_many::<String>(name).into_iter().flatten() {
            let (code, said) = given
                .split_once('=')
                .with_context(|| format!("--{name} {given:?} names no language; write such as en={given}"))?;
            let known = Language::ALL.map(Language::code).join(", ");
            let language = language(code)
                .with_context(|| format!("--{name}: {code:?} is no language of the bot; it has {known}"))?;
            let text = match name {
                "text" => said.to_owned(),
                _ => std::fs::read_to_string(said).with_context(|| format!("--text-file: {said}"))?,
            };
            let (text, characters) = (text.trim().to_owned(), text.trim().chars().count());
            ensure!(
                (1..=MOST_CHARACTERS).contains(&characters),
                "the text in {code} has {characters} characters; 1 to {MOST_CHARACTERS} can be sent"
            );
            ensure!(texts.iter().all(|text| text.language != language), "there are two texts in {code}");
            texts.push(Text { language, text });
        }
    }
    ensure!(!texts.is_empty(), "there is no text; give one with --text en=… or --text-file en=PATH");
    Ok(Message::Texts(texts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(args: &[&str]) -> Result<Wanted, String> {
        let matches = command().try_get_matches_from(std::iter::once(&"broadcast").chain(args));
        let matches = matches.map_err(|error| error.to_string())?;
        let (action, matches) = matches.subcommand().unwrap();
        Wanted::of(action, matches).map_err(|error| error.to_string())
    }

    #[test]
    fn texts_and_segments_are_read() {
        let texts = ["start", "--text", "en=Hello = you", "--text", "fa=سلام"];
        let parts = ["--gender", "female", "--country", "ir", "--bot", "7", "--active-days", "30"];
        let Ok(Wanted::Start(plan)) = told(&[&texts[..], &parts].concat()) else { panic!("not understood") };
        assert_eq!(plan.to.to_string(), ",7,f,IR,30");
        let Message::Texts(texts) = plan.message else { panic!("texts") };
        assert_eq!(texts.iter().map(|text| text.text.as_str()).collect::<Vec<_>>(), ["Hello = you", "سلام"]);
        assert!(matches!(told(&["pause", "7"]), Ok(Wanted::Steer(BroadcastId(7), Order::Pause))));
    }

    #[test]
    fn a_mistake_is_named_with_its_mend() {
        for (line, words) in [
            ("start", "there is no text; give one"),
            ("start --text Hello", "names no language; write such as en=Hello"),
            ("start --text de=Hallo", "it has en, fa, ru, ar, tr, es"),
            ("start --text en=", "has 0 characters"),
            ("start --text en=a --text en=b", "two texts in en"),
            ("start --text en=a --country XX", "is no country; write two letters"),
            ("start --text en=a --active-days 31", "31 is not in 1..=30"),
            ("start --text-file en=/nowhere", "--text-file: /nowhere"),
            ("pause", "NUMBER"),
        ] {
            let args: Vec<&str> = line.split(' ').collect();
            match told(&args) {
                Err(error) => assert!(error.contains(words), "{line}: {error}"),
                Ok(_) => panic!("{line} was taken"),
            }
        }
    }
}
