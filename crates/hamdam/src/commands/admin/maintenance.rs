//! `hamdam admin maintenance`: closes the fleet, and opens it again. Every instance looks several times a second.

use anyhow::Context;
use clap::{Arg, ArgMatches, Command};
use hamdam_domain::board::Maintenance;
use hamdam_state::State;
use hamdam_state::redis::RedisState;
use serde::Serialize;

use super::super::{Exit, json_flag, print_rows, runtime};
use crate::config::{Inputs, Instance, LiveState, Section, Settings, flags};

pub(super) fn command() -> Command {
    Command::new("maintenance")
        .about(
            "Close the fleet for maintenance, or open it again: it holds on every instance within a second",
        )
        .arg(
            Arg::new("what")
                .required(true)
                .value_parser(["on", "off", "show"])
                .help("on: no search begins, nobody is matched, and a text says why; off; show how it is"),
        )
        .arg(
            Arg::new("rooms")
                .long("rooms")
                .default_value("go-on")
                .value_parser(["go-on", "rest"])
                .help("Whether chats that run go on, or what is written in them reaches nobody"),
        )
        .arg(json_flag())
        .args(flags(&[Section::Redis, Section::Instance]))
        .after_help("Example: hamdam admin maintenance on --rooms rest")
}

/// How it is now.
#[derive(Serialize)]
struct Answer {
    /// `off`, or in which way the fleet is closed.
    maintenance: &'static str,
}

impl Answer {
    fn of(way: Option<Maintenance>) -> Self {
        Self { maintenance: way.map_or("off", Maintenance::word) }
    }

    fn line(&self) -> String {
        match self.maintenance {
            "off" => "open".to_owned(),
            way => format!("closed for maintenance, {}", way.replace('-', " ")),
        }
    }
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let shards = Instance::read(&mut settings).shards;
    let redis = LiveState::of_fleet(&mut settings, shards);
    let redis = settings.finish(redis)?;
    let word = |name: &str| matches.get_one::<String>(name).expect("required, or has a default").as_str();
    let closed = match word("rooms") {
        "rest" => Maintenance::RoomsRest,
        _ => Maintenance::RoomsGoOn,
    };
    let way = runtime()?.block_on(async {
        let state = Box::pin(RedisState::connect(&redis)).await;
        let state = state.with_context(|| format!("no Redis at {:?}", redis.servers))?;
        match word("what") {
            "on" => state.maintain(Some(closed)).await?,
            "off" => state.maintain(None).await?,
            _ => {}
        }
        let board = state.board().await;
        state.close().await;
        anyhow::Ok(board?.maintenance)
    })?;
    print_rows(matches.get_flag("json"), &[Answer::of(way)], Answer::line)?;
    Ok(Exit::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_in_which_way_the_fleet_is_closed() {
        let said = [None, Some(Maintenance::RoomsGoOn), Some(Maintenance::RoomsRest)]
            .map(|way| Answer::of(way).line());
        assert_eq!(
            said,
            ["open", "closed for maintenance, rooms go on", "closed for maintenance, rooms rest"]
        );
        let json = serde_json::to_string(&Answer::of(Some(Maintenance::RoomsRest))).unwrap();
        assert_eq!(json, r#"{"maintenance":"rooms-rest"}"#);
    }
}
