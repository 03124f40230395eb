//! Databases in another order, of another number or of another record are refused.

use hamdam_archive::{Archive, ArchiveError, Ledger};
use hamdam_domain::fact::Fact;

use super::{Pair, open, second};
use crate::backend::{Backend, message, room, server};

/// Refused at start, by `migrate` and before anything is written, for this reason.
async fn refused(archive: Archive, reason: &str, mend: &str) {
    let talk = room(1, 11, 22);
    let errors = [
        archive.check_places().await.unwrap_err(),
        archive.migrate().await.unwrap_err(),
        archive.write(&[Fact::RoomOpened(talk.clone()), message(&talk, 0, 5)]).await.unwrap_err(),
    ];
    for error in errors {
        let text = format!("{error} {error:?}");
        assert!(matches!(error, ArchiveError::Misplaced { .. }), "{error:?}");
        assert!(text.contains(reason) && text.contains(mend), "{text}");
        assert!(!text.contains("companion"), "a password: {text}");
    }
    archive.close().await;
}

const AS_EVER: &str = "MYSQL_SHARD_URLS";

#[tokio::test]
async fn another_order_number_or_record_is_refused() {
    let (pair, other) = (Pair::new("placed").await, Pair::new("placed_other").await);
    pair.migrated().await.close().await;
    other.migrated().await.close().await;
    let [one, two] = [pair.urls[0].as_str(), pair.urls[1].as_str()];
    pair.open().check_places().await.unwrap();
    assert_eq!(pair.open().migrate().await.unwrap(), 0, "again and again");

    refused(open(&[two, one]), "is database 2 of 2, and is named as database 1 of 2", AS_EVER).await;
    refused(open(&[one, one]), "is database 1 of 2, and is named as database 2 of 2", AS_EVER).await;
    refused(open(&[one, &other.urls[1]]), "is database 2 of 2 of another record", AS_EVER).await;
    let new = server().await.database("placed_new").await.unwrap();
    refused(open(&[one, two, &new]), "is database 1 of 2, and is named as database 1 of 3", AS_EVER).await;
    for alone in [one, two] {
        let archive = open(&[alone]);
        for error in [archive.check_places().await.unwrap_err(), archive.migrate().await.unwrap_err()] {
            assert!(error.to_string().contains("of 2, and is named as database 1 of 1"), "{error}");
        }
        archive.close().await;
    }
    for rows in pair.both("SELECT COUNT(*) FROM chat_rooms").await {
        assert_eq!(rows, ["0"], "nobody wrote anything");
    }
}

#[tokio::test]
async fn a_record_is_founded_on_empty_databases_alone() {
    let pair = Pair::new("founded").await;
    for url in &pair.urls {
        open(&[url]).migrate().await.unwrap();
    }
    let error = pair.open().check_places().await.unwrap_err();
    assert!(error.to_string().contains("hamdam migrate"), "{error}");

    // One of them has rows of a record that it had alone.
    let talk = room(1, 11, 22);
    for url in &pair.urls {
        let alone = open(&[url]);
        alone.write(&[message(&talk, 0, 5)]).await.unwrap();
        let error = pair.open().migrate().await.unwrap_err();
        assert!(error.to_string().contains("has rooms already"), "{error}");
        for rows in pair.both("SELECT COUNT(*) FROM record_places").await {
            assert_eq!(rows, ["0"]);
        }
        pair.both("DELETE FROM messages").await;
        alone.close().await;
    }

    let several = [pair.open(), pair.open(), pair.open()];
    let founded = tokio::join!(several[0].migrate(), several[1].migrate(), several[2].migrate());
    assert!(founded.0.is_ok() && founded.1.is_ok() && founded.2.is_ok(), "{founded:?}");
    let record = "SELECT record FROM record_places";
    let [first, second] = pair.both(record).await;
    assert_eq!((first.len(), &first), (1, &second), "one record");

    // The first is told last: if that was not reached, the next goes on.
    pair.sql(0, "DELETE FROM record_places").await;
    pair.open().migrate().await.unwrap();
    assert_eq!(pair.sql(0, record).await, second);

    // An empty database in place of one that was there.
    pair.sql(1, "DELETE FROM record_places").await;
    refused_founding(&pair.open()).await;
}

async fn refused_founding(archive: &Archive) {
    let error = archive.migrate().await.unwrap_err();
    assert!(error.to_string().contains("knows nothing of being database 2 of 2"), "{error}");
    assert!(error.to_string().contains("backup"), "{error}");
}

#[tokio::test]
async fn a_record_on_one_database_is_told_nothing() {
    for backend in Backend::both("alone").await {
        let archive = backend.migrated().await;
        archive.check_places().await.unwrap();
        assert_eq!(backend.sql("SELECT COUNT(*) FROM record_places").await, ["0"]);
        archive.close().await;
    }
}

#[tokio::test]
async fn the_one_that_is_least_far_says_how_far_the_schema_is() {
    let pair = Pair::new("least_far").await;
    let archive = pair.migrated().await;
    assert!(archive.schema().await.unwrap().suffices());
    pair.sql(1, "DELETE FROM hamdam_migrations WHERE version > 10").await;
    let schema = archive.schema().await.unwrap();
    assert!(!schema.suffices() && schema.applied == 10, "{schema:?}");
    assert!(archive.migrate().await.unwrap() > 0);
    assert!(archive.schema().await.unwrap().suffices());
    archive.close().await;
}

#[tokio::test]
async fn a_further_database_that_cannot_be_migrated_is_named() {
    let pair = Pair::new("unmigrated_second").await;
    let wrong = pair.urls[1].replace("companion", "stranger");
    let error = open(&[&pair.urls[0], &wrong]).migrate().await.unwrap_err();
    let ArchiveError::Further { address, source } = &error else { panic!("{error:?}") };
    assert!(matches!(**source, ArchiveError::Denied { .. }), "{source:?}");
    assert!(address.contains(&second().await.port().to_string()), "{address}");
    assert!(!format!("{error} {error:?}").contains("stranger"), "{error:?}");
}
