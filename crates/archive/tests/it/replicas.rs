//! Reads that may lag go to a replica of a real primary, and come back when it lags or is gone.

use std::time::Duration;

use hamdam_archive::{Archive, Directory, Ledger, Settings};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::UserId;
use hamdam_domain::source::Source;
use hamdam_testbed::{MariaDb, poll};

fn arrival(user: i64, source: &Source) -> Fact {
    Fact::Arrived { user: UserId(user), source: source.clone(), at: Millis(user), new: true }
}

/// Looks until the one replica is fit, or is not.
async fn until(archive: &Archive, fit: bool) {
    let what = if fit { "the replica to be fit" } else { "the replica to be unfit" };
    let waited = poll(what, || async {
        archive.look_at_replicas().await?;
        let [replica] = &archive.replicas()[..] else { anyhow::bail!("one replica") };
        anyhow::ensure!(replica.fit == fit, "{replica:?}");
        Ok(())
    });
    waited.await.unwrap();
}

#[tokio::test]
async fn reads_that_may_lag_go_to_a_replica_that_is_well() {
    let primary = MariaDb::start_primary().await.unwrap();
    let mut replica = primary.start_replica().await.unwrap();
    let url = primary.database("replicated").await.unwrap();
    let settings = Settings {
        pool_size: 2,
        replicas: vec![("127.0.0.1".to_owned(), replica.port())],
        replica_lag: Duration::from_secs(2),
        ..Settings::new(url.parse().unwrap())
    };
    let archive = Archive::open(settings);
    archive.migrate().await.unwrap();
    let source = Source::of_payload("c_spring").unwrap();
    archive.write(&[arrival(1, &source)]).await.unwrap();
    assert!(archive.replicas()[0].lag.is_none(), "nobody looked yet");
    assert_eq!(archive.newcomers(&source).await.unwrap(), 1, "so the primary was asked");
    until(&archive, true).await;
    // A row that only the replica has says who was asked.
    let only_there = "INSERT INTO hamdam_replicated.arrivals VALUES (9, 'c_spring', 9, 1)";
    replica.sql(only_there).await.unwrap();
    assert_eq!(archive.newcomers(&source).await.unwrap(), 2);
    assert_eq!(archive.user(UserId(9)).await.unwrap(), None, "who somebody is the primary says");

    replica.follow(false).await.unwrap();
    until(&archive, false).await;
    assert!(
        archive.replicas()[0].lag.is_some_and(|lag| lag > Duration::from_secs(2)),
        "it answers, and lags"
    );
    assert_eq!(archive.newcomers(&source).await.unwrap(), 1, "the primary");
    replica.follow(true).await.unwrap();
    until(&archive, true).await;
    assert_eq!(archive.newcomers(&source).await.unwrap(), 2);

    replica.kill().unwrap();
    assert_eq!(archive.newcomers(&source).await.unwrap(), 1, "the first read that fails is repeated there");
    until(&archive, false).await;
    archive.close().await;
}
