//! `hamdam admin stats`: how much there is, and by which links people came. Reads the database and changes nothing.

use anyhow::Context;
use clap::{ArgMatches, Command};
use hamdam_archive::{Archive, Arrivals, Counts};
use serde::Serialize;

use super::super::{Exit, json_flag, print_rows, runtime};
use crate::config::{Database, Inputs, Section, Settings, flags};

pub(super) fn command() -> Command {
    Command::new("stats")
        .about("Say how much there is, and by which links people came")
        .arg(json_flag())
        .args(flags(&[Section::Database]))
        .after_help("Example: DATABASE_URL=mysql://hamdam:secret@db/hamdam hamdam admin stats --json")
}

/// All numbers.
#[derive(Serialize)]
struct Stats {
    users: u64,
    rooms: u64,
    active_rooms: u64,
    messages: u64,
    links: Vec<Link>,
}

/// A counted link.
#[derive(Serialize)]
struct Link {
    /// `c_<campaign>` or `r_<invitation>`.
    #[serde(rename = "link")]
    source: String,
    arrived: u64,
    new: u64,
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let database = Database::read(&mut settings);
    let database = settings.finish(database)?;
    let stats = runtime()?.block_on(async {
        let archive = Archive::open(database.settings());
        let counts = archive.counts().await.with_context(|| database.addresses())?;
        let arrivals = archive.arrivals().await.with_context(|| database.addresses())?;
        archive.close().await;
        anyhow::Ok(Stats::of(counts, arrivals))
    })?;
    print_rows(matches.get_flag("json"), &[stats], Stats::table)?;
    Ok(Exit::Fine)
}

impl Stats {
    fn of(counts: Counts, arrivals: Vec<Arrivals>) -> Self {
        let Counts { users, active_rooms, rooms, messages } = counts;
        let link = |Arrivals { source, arrived, new }| Link { source, arrived, new };
        Self { users, rooms, active_rooms, messages, links: arrivals.into_iter().map(link).collect() }
    }

    fn table(&self) -> String {
        let mut lines = vec![
            format!("users         {:>12}", self.users),
            format!("rooms         {:>12}", self.rooms),
            format!("active rooms  {:>12}", self.active_rooms),
            format!("messages      {:>12}", self.messages),
        ];
        let link =
            |Link { source, arrived, new }: &Link| format!("{source}  {arrived} arrived, {new} of them new");
        lines.extend(self.links.iter().map(link));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_stand_in_lines_and_in_json() {
        let counts = Counts { users: 3, active_rooms: 1, rooms: 2, messages: 40 };
        let arrivals = vec![Arrivals { source: "c_spring".into(), arrived: 2, new: 1 }];
        let stats = Stats::of(counts, arrivals);
        assert!(stats.table().ends_with("c_spring  2 arrived, 1 of them new"), "{}", stats.table());
        assert_eq!(
            serde_json::to_string(&stats).unwrap(),
            r#"{"users":3,"rooms":2,"active_rooms":1,"messages":40,"links":[{"link":"c_spring","arrived":2,"new":1}]}"#
        );
    }
}
