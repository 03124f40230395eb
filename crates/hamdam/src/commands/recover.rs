//! `hamdam recover`: running rooms back from the database, after Redis lost everything.

use std::sync::Arc;

use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command};
use hamdam_archive::Archive;
use hamdam_domain::clock::SystemClock;
use hamdam_fleet::recovery::Recovery;
use hamdam_state::State;
use hamdam_state::redis::RedisState;
use serde::Serialize;

use super::{Exit, json_flag, print_rows};
use crate::config::{Database, Inputs, Instance, LiveState, Retention, Section, Settings, flags};

const SECTIONS: [Section; 4] = [Section::Redis, Section::Database, Section::Instance, Section::Retention];

pub(super) fn command() -> Command {
    Command::new("recover")
        .about("Seat people in their running rooms again, from the database, after Redis lost everything")
        .long_about(
            "Seats people in their running rooms again, from the database, after Redis lost everything, and tells them. \
             Moves nobody who stands anywhere or began anything since, so it may run while the fleet serves, and again if \
             it broke off. Searches are not in the database: who waited has to search again.",
        )
        .arg(
            Arg::new("dry-run")
                .long("dry-run")
                .action(ArgAction::SetTrue)
                .help("Only count the rooms that the database has as running"),
        )
        .arg(json_flag())
        .args(flags(&SECTIONS))
        .after_help("Example: hamdam recover --dry-run; hamdam recover")
}

/// What is printed, in rooms.
#[derive(Serialize)]
struct Answer {
    found: usize,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    done: Option<Done>,
}

#[derive(Serialize)]
struct Done {
    revived: usize,
    running: usize,
    over: usize,
}

impl Answer {
    fn line(&self) -> String {
        let found = format!("{} running in the database", rooms(self.found));
        let Some(done) = &self.done else { return found };
        format!(
            "{found}: {} brought back, {} running already, {} over",
            rooms(done.revived),
            done.running,
            done.over
        )
    }
}

fn rooms(count: usize) -> String {
    if count == 1 { "1 room".to_owned() } else { format!("{count} rooms") }
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let shards = Instance::read(&mut settings).shards;
    let (redis, database) = (LiveState::of_fleet(&mut settings, shards), Database::read(&mut settings));
    let idle = Retention::read(&mut settings).room_idle;
    let (redis, database) = settings.finish((redis, database))?;
    let answer = super::runtime()?.block_on(async {
        let state = Box::pin(RedisState::connect(&redis)).await;
        let state = Arc::new(state.with_context(|| format!("no Redis at {:?}", redis.servers))?);
        let archive = Arc::new(Archive::open(database.settings()));
        let clock = Arc::new(SystemClock::new());
        let recovery = Recovery::new(state.clone() as Arc<dyn State>, archive.clone(), clock, idle);
        let answer = recover(&archive, &recovery, matches.get_flag("dry-run")).await;
        archive.close().await;
        state.close().await;
        answer
    })?;
    print_rows(matches.get_flag("json"), &[&answer], |answer| answer.line())?;
    Ok(Exit::Fine)
}

async fn recover(archive: &Archive, recovery: &Recovery<Archive>, dry: bool) -> anyhow::Result<Answer> {
    archive.check_places().await?;
    let rooms = recovery.rooms().await.context("the database's running rooms could not be read")?;
    let found = rooms.len();
    if dry {
        return Ok(Answer { found, done: None });
    }
    let recovered = recovery.run(rooms).await.context("broke off; run it again, it goes on where it was")?;
    let done = Done { revived: recovered.revived, running: recovered.running, over: recovered.over };
    Ok(Answer { found, done: Some(done) })
}
