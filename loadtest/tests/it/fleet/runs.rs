//! The runs.

use std::time::Duration;

use hamdam_testbed::fleet::{Roles, Store, StoreKind};

use super::records;
use super::stage::{Size, Stage};

/// Longer than any lease of the fleet lives without renewal.
const LONGER_THAN_LEASES: Duration = Duration::from_secs(8);

#[tokio::test]
async fn three_instances_behind_nginx() {
    let mut stage = Stage::start(|_| {}).await.unwrap();
    let verdict = stage.run(Size::of_environment(20), async |_, _| Ok(())).await.unwrap();
    stage.assert_good(&verdict);
    assert_eq!(verdict.counts.duplicated, 0);
    records::complete(&stage.fleet.mariadb, &verdict).await;
}

#[tokio::test]
async fn instances_killed_and_paused_and_redis_restarted() {
    let mut stage = Stage::start(|_| {}).await.unwrap();
    let size = Size::of_environment(45);
    let verdict = stage.run(size, async |stage, drive| {
        let end = tokio::time::Instant::now() + Duration::from_secs(size.seconds);
        let mut round = 0;
        while tokio::time::Instant::now() < end {
            tokio::time::sleep(Duration::from_secs(10)).await;
            match round {
                1 => stage.pause(drive, 2, LONGER_THAN_LEASES).await?,
                2 => {
                    let Store::Single(redis) = &mut stage.fleet.store else { unreachable!("started single") };
                    redis.stop().await?;
                    redis.start_again().await?;
                }
                _ => {}
            }
            stage.kill_and_restart(drive, round % 3).await?;
            round += 1;
        }
        Ok(())
    });
    let verdict = verdict.await.unwrap();
    stage.assert_good(&verdict);
    records::complete(&stage.fleet.mariadb, &verdict).await;
}

/// What the old guide called microservices: two take webhooks, one matches, two send and write the journal.
#[tokio::test]
async fn instances_with_roles_apart_are_killed_one_after_another() {
    let stage = Stage::start(|options| {
        options.instances = 2;
        let behind = vec!["matchmaker", "sender,journal", "sender,journal"];
        options.roles = Some(Roles { front: "webhook", behind });
    });
    let mut stage = stage.await.unwrap();
    let verdict = stage.run(Size::of_environment(50), async |stage, drive| {
        for index in 0..5 {
            tokio::time::sleep(Duration::from_secs(8)).await;
            stage.kill_and_restart(drive, index).await?;
        }
        Ok(())
    });
    let verdict = verdict.await.unwrap();
    stage.assert_good(&verdict);
    records::complete(&stage.fleet.mariadb, &verdict).await;
}

#[tokio::test]
async fn three_instances_on_a_redis_cluster() {
    let mut stage = Stage::start(|options| options.store = StoreKind::Cluster { replicas: 0 }).await.unwrap();
    let verdict = stage.run(Size::of_environment(20), async |_, _| Ok(())).await.unwrap();
    stage.assert_good(&verdict);
    assert_eq!(verdict.counts.duplicated, 0);
}

#[tokio::test]
async fn chats_go_on_while_mariadb_is_away_and_every_row_is_there_afterwards() {
    let mut stage = Stage::start(|_| {}).await.unwrap();
    let verdict = stage.run(Size::of_environment(30), async |stage, _| {
        tokio::time::sleep(Duration::from_secs(5)).await;
        stage.fleet.mariadb.stop().await?;
        tokio::time::sleep(Duration::from_secs(20)).await;
        stage.fleet.mariadb.start_again().await
    });
    let verdict = verdict.await.unwrap();
    stage.assert_good(&verdict);
    assert_eq!(verdict.counts.duplicated, 0);
    records::complete(&stage.fleet.mariadb, &verdict).await;
}

#[tokio::test]
async fn instances_join_and_leave_under_load() {
    let mut stage = Stage::start(|_| {}).await.unwrap();
    let verdict = stage.run(Size::of_environment(25), async |stage, _| {
        for count in [5, 2, 3] {
            tokio::time::sleep(Duration::from_secs(6)).await;
            stage.fleet.scale(count).await?;
            stage.describe()?;
        }
        Ok(())
    });
    let verdict = verdict.await.unwrap();
    stage.assert_good(&verdict);
    assert_eq!(verdict.counts.duplicated, 0, "a graceful hand-over repeats nothing");
}
