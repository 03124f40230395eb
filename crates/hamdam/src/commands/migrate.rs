//! `hamdam migrate`: brings the database's schema up to this version.

use anyhow::Context;
use clap::Command;
use hamdam_archive::Archive;

use super::Exit;
use crate::config::{Database, Inputs, Section, Settings, flags};

pub(super) fn command() -> Command {
    Command::new("migrate")
        .about(
            "Bring the schema of every database up to this version; safe to run from several places at once",
        )
        .args(flags(&[Section::Database]))
        .after_help("Example: DATABASE_URL=mysql://hamdam:secret@db/hamdam hamdam migrate")
}

pub(super) fn run(inputs: &Inputs) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let database = Database::read(&mut settings);
    let database = settings.finish(database)?;
    super::runtime()?.block_on(async {
        let archive = Archive::open(database.settings());
        let applied = archive.migrate().await.with_context(|| database.addresses())?;
        let schema = archive.schema().await?;
        archive.close().await;
        let done = match applied {
            0 => "nothing to do".to_owned(),
            1 => "1 migration applied".to_owned(),
            many => format!("{many} migrations applied"),
        };
        println!("{}: schema {}, {done}", database.addresses(), schema.applied);
        Ok(Exit::Fine)
    })
}
