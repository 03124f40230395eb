//! `hamdam top`: the fleet live in a terminal, as live state has it.

mod frame;

use std::io::{IsTerminal, Write};
use std::time::Duration;

use anyhow::Context;
use clap::{Arg, ArgMatches, Command, value_parser};
use hamdam_domain::id::BotId;
use hamdam_state::redis::{RedisSettings, RedisState};

use self::frame::Frame;
use super::{Exit, json_flag};
use crate::config::{Bots, Inputs, Instance, LiveState, Section, Settings, flags};

const SECTIONS: [Section; 3] = [Section::Redis, Section::Instance, Section::Bots];
/// Home, and clear what stood there: a screen that is written over does not flicker.
const FROM_THE_TOP: &str = "\x1b[H\x1b[J";

pub(super) fn command() -> Command {
    Command::new("top")
        .about("Show the fleet live: instances, who leads what, rates, queues, pauses, lags")
        .arg(
            Arg::new("every")
                .long("every")
                .value_name("SECONDS")
                .default_value("2")
                .value_parser(value_parser!(u64).range(1..=3_600))
                .help("How often it is looked"),
        )
        .arg(
            Arg::new("count")
                .long("count")
                .value_name("N")
                .value_parser(value_parser!(u64).range(1..))
                .help("End after so many looks; without it on Ctrl-C"),
        )
        .arg(json_flag())
        .args(flags(&SECTIONS))
        .after_help(
            "Run it with the environment of the instances. It asks Redis alone and changes nothing: one script a shard \
             each time it looks.\n\n\
             Example: hamdam top; hamdam top --count 1 --json",
        )
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let shards = Instance::read(&mut settings).shards;
    let (redis, bots) = (LiveState::of_fleet(&mut settings, shards), Bots::read(&mut settings));
    let (redis, bots) = settings.finish((redis, bots))?;
    let bots: Vec<BotId> = bots.ids().collect();
    let every = Duration::from_secs(*matches.get_one("every").expect("has a default"));
    let count = matches.get_one::<u64>("count").copied();
    let json = matches.get_flag("json");
    super::runtime()?.block_on(watch(&redis, &bots, every, count, json))
}

async fn watch(
    redis: &RedisSettings,
    bots: &[BotId],
    every: Duration,
    count: Option<u64>,
    json: bool,
) -> anyhow::Result<Exit> {
    let state = Box::pin(RedisState::connect(redis)).await;
    let state = state.with_context(|| format!("no Redis at {:?}", redis.servers))?;
    let mut before = None;
    let mut looks = 0;
    while count.is_none_or(|count| looks < count) {
        let survey = Box::pin(state.survey(bots)).await.context("live state could not be looked at")?;
        let frame = Frame::of(&survey, before.as_ref());
        // Whoever reads it may have gone, as `head` does.
        if show(&frame, json).is_err() {
            break;
        }
        before = Some(survey);
        looks += 1;
        if count.is_none_or(|count| looks < count) {
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                _ = tokio::signal::ctrl_c() => break,
            }
        }
    }
    state.close().await;
    Ok(Exit::Fine)
}

fn show(frame: &Frame, json: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string(frame).map_err(std::io::Error::other)?)?;
    } else {
        let begin = if out.is_terminal() { FROM_THE_TOP } else { "" };
        writeln!(out, "{begin}{frame}")?;
    }
    out.flush()
}
