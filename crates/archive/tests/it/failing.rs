//! What goes wrong says what mends it, and passes when it is mended.

use std::time::Duration;

use hamdam_archive::{Address, Archive, ArchiveError, Directory, Ledger, Settings};
use hamdam_domain::fact::Fact;
use hamdam_domain::id::UserId;
use hamdam_testbed::{MariaDb, Port};

use crate::backend::{Backend, message, room, server};

#[tokio::test]
async fn a_missing_schema_names_the_command() {
    for backend in Backend::both("unmigrated").await {
        let archive = backend.open();
        let errors = [
            archive.user(UserId(1)).await.unwrap_err(),
            archive.write(&[Fact::RoomOpened(room(1, 11, 22))]).await.unwrap_err(),
            archive.schema().await.unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error, ArchiveError::Unmigrated { .. }), "{error:?}");
            assert!(error.to_string().contains("hamdam migrate"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_refused_login_and_a_missing_grant_are_told_apart_from_an_outage() {
    let server = server().await;
    let url = server.database("denied").await.unwrap();
    let wrong = url.replace("companion", "stranger");
    let archive = Archive::open(Settings::new(wrong.parse().unwrap()));
    let error = archive.ping().await.unwrap_err();
    assert!(matches!(error, ArchiveError::Denied { .. }), "{error:?}");
    assert!(error.to_string().contains("password"), "{error}");
    assert!(!format!("{error:?}{error}").contains("stranger"));

    server
        .sql(
            "CREATE USER IF NOT EXISTS 'reader'@'127.0.0.1' IDENTIFIED BY 'x'; \
             GRANT SELECT ON hamdam_denied.* TO 'reader'@'127.0.0.1'",
        )
        .await
        .unwrap();
    let reader = Archive::open(Settings::new(url.replace("hamdam:companion", "reader:x").parse().unwrap()));
    let error = reader.migrate().await.unwrap_err();
    assert!(matches!(error, ArchiveError::Denied { .. }), "{error:?}");
}

#[tokio::test]
async fn a_value_that_fits_no_column_is_rejected_and_not_cut() {
    for backend in Backend::both("rejected").await {
        let archive = backend.migrated().await;
        match &backend {
            Backend::MariaDb { .. } => {
                backend.sql("ALTER TABLE messages MODIFY kind VARCHAR(2) NOT NULL").await;
            }
            Backend::Sqlite { .. } => {
                let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON messages \
                              BEGIN SELECT RAISE(ABORT, 'refused'); END";
                backend.sql(refuse).await;
            }
        }
        let error = archive.write(&[message(&room(1, 11, 22), 0, 5)]).await.unwrap_err();
        assert!(matches!(error, ArchiveError::Rejected { query: "write_messages", .. }), "{error:?}");
        assert_eq!(archive.counts().await.unwrap().messages, 0);
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_named_without_its_secret() {
    for (address, reason) in [
        ("postgres://hamdam:secret@db/hamdam", "postgres"),
        ("mysql://hamdam:secret@db:port/hamdam", "no URL"),
        ("mysql://hamdam:secret@db", "no database"),
        ("secret-that-landed-here", "scheme"),
    ] {
        let error = address.parse::<Address>().unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(reason) && !text.contains("secret@") && !text.contains("landed"), "{text}");
    }
    let address: Address = "mysql://hamdam:secret@db:3307/record".parse().unwrap();
    assert_eq!(format!("{address} {address:?}"), "mysql://db:3307/record mysql://db:3307/record");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_unavailable_in_time_and_comes_back() {
    let mut server = MariaDb::start().await.unwrap();
    let archive = Archive::open(Settings {
        read_limit: Duration::from_millis(300),
        write_limit: Duration::from_secs(1),
        ..Settings::new(server.url().parse().unwrap())
    });
    archive.migrate().await.unwrap();
    let talk = room(1, 11, 22);
    archive.write(&[message(&talk, 0, 1)]).await.unwrap();
    server.kill().unwrap();
    for _ in 0..3 {
        let error = archive.user(UserId(11)).await.unwrap_err();
        assert!(matches!(error, ArchiveError::Unavailable { query: "user", .. }), "{error:?}");
        let error = archive.write(&[message(&talk, 0, 2)]).await.unwrap_err();
        assert!(matches!(error, ArchiveError::Unavailable { .. }), "{error:?}");
    }
    server.start_again().await.unwrap();
    // Connections that died with the server are noticed before they are used.
    archive.write(&[message(&talk, 0, 1), message(&talk, 0, 2)]).await.unwrap();
    assert_eq!(archive.counts().await.unwrap().messages, 2);
}

#[tokio::test]
async fn a_database_away_at_the_start_is_used_when_it_comes() {
    let port = Port::free().unwrap();
    let url = format!("mysql://hamdam:companion@{}/hamdam", port.address());
    let archive = Archive::open(Settings {
        read_limit: Duration::from_millis(200),
        ..Settings::new(url.parse().unwrap())
    });
    let error = archive.ping().await.unwrap_err();
    assert!(matches!(error, ArchiveError::Unavailable { .. }), "{error:?}");
}
