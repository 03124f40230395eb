//! What `deploy/README.md` tells operators to do to a fleet that works, done while people talk.

use anyhow::{Result, ensure};
use hamdam_testbed::poll;
use loadtest::run::Control;

use super::records::number;
use super::stage::{Size, Stage};

/// They talk until what was to be done is done.
const CROWD: Size = Size { users: 60, seconds: 300 };
const NEW_SECRET: &str = "another-secret-of-the-testbed";

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_of_the_webhook_changes_and_no_update_is_lost() -> Result<()> {
    let mut stage = Stage::start(|_| {}).await?;
    let control = Control::new(&stage.fleet.file().telegram_url)?;
    let old = stage.fleet.file().webhook_secret;
    let verdict = stage.run(CROWD, async |stage, _| {
        stage.fleet.set("WEBHOOK_SECRET", Some(NEW_SECRET));
        stage.fleet.set("WEBHOOK_SECRET_PREVIOUS", Some(&old));
        stage.fleet.roll().await?;
        stage.fleet.command(&["webhook", "set"]).await?;
        stage.fleet.set("WEBHOOK_SECRET_PREVIOUS", None);
        stage.fleet.roll().await?;
        talking(&control).await?;
        control.finish().await
    });
    let verdict = verdict.await?;
    stage.assert_good(&verdict);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn live_state_moves_to_another_server_behind_closed_doors() -> Result<()> {
    // Whoever is told that nothing begins now asks again at once here, which people are slowed down for.
    let patient = ("FLOOD_MESSAGES".to_owned(), "0".to_owned());
    let mut stage = Stage::start(|options| options.environment.push(patient)).await?;
    let control = Control::new(&stage.fleet.file().telegram_url)?;
    let verdict = stage.run(CROWD, async |stage, _| {
        talking(&control).await?;
        stage.fleet.command(&["admin", "maintenance", "on"]).await?;
        stage.fleet.move_redis().await?;
        stage.fleet.command(&["admin", "maintenance", "off"]).await?;
        stage.describe()?;
        talking(&control).await?;
        control.finish().await
    });
    let verdict = verdict.await?;
    stage.assert_good(&verdict);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_restored_while_people_talk() -> Result<()> {
    let mut stage = Stage::start(|_| {}).await?;
    let control = Control::new(&stage.fleet.file().telegram_url)?;
    let verdict = stage.run(CROWD, async |stage, _| {
        talking(&control).await?;
        let dump = stage.fleet.mariadb.dump().await?;
        talking(&control).await?;
        stage.fleet.mariadb.load(&dump).await?;
        stage.fleet.migrate().await?;
        stage.fleet.command(&["doctor"]).await?;
        let before = messages(stage).await?;
        talking(&control).await?;
        poll("what is said since to be in the database", || async {
            let since = messages(stage).await? - before;
            ensure!(since >= 40, "{since} messages");
            Ok(())
        })
        .await?;
        control.finish().await
    });
    let verdict = verdict.await?;
    stage.assert_good(&verdict);
    Ok(())
}

async fn messages(stage: &Stage) -> Result<u64> {
    number(&stage.fleet.mariadb, "SELECT COUNT(*) FROM messages").await
}

/// Waits until many more messages came to their readers.
async fn talking(control: &Control) -> Result<()> {
    let before = control.live().await?.relayed;
    poll("people to talk", || async {
        let relayed = control.live().await?.relayed - before;
        ensure!(relayed >= 50, "{relayed} messages came");
        Ok(())
    })
    .await
}
