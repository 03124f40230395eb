//! One of two databases is away.

use std::time::Duration;

use hamdam_archive::{Archive, ArchiveError, Directory, KnownSide, Ledger, Settings};
use hamdam_domain::fact::{Fact, RoomFact};
use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::profile::Language;
use hamdam_testbed::{MariaDb, poll};

use super::{Pair, home};
use crate::backend::{message, profile, room};

/// A room on each, of the same user.
fn one_on_each() -> [RoomFact; 2] {
    let on = |place| (0..100).map(|ms| room(ms, 11, 22 + ms)).find(|room| home(room.room) == place).unwrap();
    [on(0), on(1)]
}

#[tokio::test]
async fn all_facts_wait_for_a_database_that_is_away_and_who_needs_it_not_is_answered() {
    let (first, mut second) = (MariaDb::start().await.unwrap(), MariaDb::start().await.unwrap());
    let archive = Archive::open(Settings {
        further: vec![second.url().parse().unwrap()],
        read_limit: Duration::from_secs(3),
        write_limit: Duration::from_secs(3),
        ..Settings::new(first.url().parse().unwrap())
    });
    archive.migrate().await.unwrap();
    let [here, there] = one_on_each();
    archive.write(&[message(&here, 0, 1), message(&there, 0, 2)]).await.unwrap();
    archive.ping().await.unwrap();

    second.kill().unwrap();
    let facts = [
        profile(11, 3, Language::Fa, 7),
        Fact::RoomOpened(here.clone()),
        Fact::RoomOpened(there.clone()),
        message(&here, 0, 4),
        message(&there, 0, 5),
    ];
    let away = |error: ArchiveError| assert!(matches!(error, ArchiveError::Unavailable { .. }), "{error:?}");
    away(archive.write(&facts).await.unwrap_err());
    away(archive.ping().await.unwrap_err());
    away(archive.active_rooms(UserId(11)).await.unwrap_err());
    let written = |id: i64| KnownSide::Wrote(MessageId(1_000 + id));
    away(archive.counterpart(UserId(11), there.room, written(2)).await.unwrap_err());
    let copy = archive.counterpart(UserId(11), here.room, written(1)).await.unwrap();
    assert_eq!(copy, Some(MessageId(2_001)), "its database is there");
    assert!(archive.user(UserId(11)).await.unwrap().is_some(), "what the first has was written");

    second.start_again().await.unwrap();
    archive.write(&facts).await.unwrap();
    assert_eq!(archive.active_rooms(UserId(11)).await.unwrap().len(), 2);
    let counts = archive.counts().await.unwrap();
    assert_eq!((counts.rooms, counts.messages), (2, 4));
    assert_eq!(messages(&second).await, "2");
    archive.close().await;
}

#[tokio::test]
async fn a_wrong_order_is_seen_though_one_is_away_and_a_place_is_looked_at_before_the_first_write() {
    let (first, mut second) = (MariaDb::start().await.unwrap(), MariaDb::start().await.unwrap());
    let other = MariaDb::start().await.unwrap();
    let elsewhere = first.database("other").await.unwrap();
    let open = |urls: [String; 2]| {
        let [one, two] = urls.map(|url| url.parse().unwrap());
        let read_limit = Duration::from_secs(5);
        Archive::open(Settings { further: vec![two], read_limit, ..Settings::new(one) })
    };
    for urls in [[first.url(), second.url()], [other.url(), elsewhere]] {
        let founded = open(urls);
        founded.migrate().await.unwrap();
        founded.close().await;
    }
    second.kill().unwrap();
    let turned = open([second.url(), first.url()]);
    let error = turned.check_places().await.unwrap_err();
    assert!(matches!(error, ArchiveError::Misplaced { .. }), "{error:?}");
    turned.close().await;

    // The second of another record, away at start: nothing speaks against it yet.
    let mixed = open([other.url(), second.url()]);
    let error = mixed.check_places().await.unwrap_err();
    assert!(matches!(error, ArchiveError::Unavailable { .. }), "{error:?}");
    second.start_again().await.unwrap();
    let [here, there] = one_on_each();
    let error = mixed.write(&[message(&here, 0, 1), message(&there, 0, 2)]).await.unwrap_err();
    assert!(matches!(error, ArchiveError::Misplaced { .. }), "{error:?}");
    assert!(error.to_string().contains("another record"), "{error}");
    for server in [&other, &second] {
        assert_eq!(messages(server).await, "0");
    }
    mixed.close().await;
}

async fn messages(server: &MariaDb) -> String {
    server.sql("SELECT COUNT(*) FROM hamdam.messages").await.unwrap().trim().to_owned()
}

#[tokio::test]
async fn connections_to_both_are_counted() {
    let archive = Pair::new("connections").await.migrated().await;
    let probe = || async {
        let now = archive.connections();
        anyhow::ensure!(now.idle == 4, "{now:?}");
        Ok(())
    };
    poll("two kept ones to each", probe).await.unwrap();
    archive.close().await;
}
