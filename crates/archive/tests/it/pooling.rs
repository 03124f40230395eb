//! Kept connections stay; those of a rush are closed again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hamdam_archive::{Archive, ArchiveError, Connections, Directory, Ledger, QueryObserver, Settings};
use hamdam_domain::fact::Fact;
use hamdam_domain::id::UserId;
use hamdam_testbed::poll;
use sqlx::{Connection, Executor, MySqlConnection};

use crate::backend::{Backend, room, server};

async fn until(archive: &Archive, what: &str, wanted: impl Fn(Connections) -> bool) {
    let probe = || async {
        let now = archive.connections();
        if wanted(now) { Ok(()) } else { Err(anyhow::anyhow!("{now:?}")) }
    };
    poll(what, probe).await.unwrap();
}

/// Ids of the sessions on the database, without the one that asks.
async fn sessions(backend: &Backend) -> Vec<String> {
    backend
        .sql(
            "SELECT id FROM information_schema.processlist \
             WHERE db = DATABASE() AND id <> CONNECTION_ID() ORDER BY id",
        )
        .await
}

#[tokio::test]
async fn overflow_opens_under_load_and_closes_again_and_the_kept_ones_stay() {
    let backend = Backend::mariadb("overflow").await;
    backend.migrated().await.close().await;
    let archive = Arc::new(Archive::open(Settings {
        pool_size: 2,
        max_overflow: 3,
        overflow_linger: Duration::from_millis(200),
        read_limit: Duration::from_mins(1),
        ..Settings::new(backend.address())
    }));
    until(&archive, "the kept ones are opened", |now| now.idle == 2).await;
    let kept = sessions(&backend).await;
    assert_eq!(kept.len(), 2);

    // Six reads wait for a lock: five on connections, the sixth for a connection.
    let mut lock = lock_users(&backend).await;
    let mut reads = tokio::task::JoinSet::new();
    for user in 0..6 {
        let archive = archive.clone();
        reads.spawn(async move { archive.user(UserId(user)).await });
    }
    until(&archive, "the rush opens every connection", |now| now.busy == 5 && now.overflow == 3).await;
    lock.execute("UNLOCK TABLES").await.unwrap();
    lock.close().await.unwrap();
    for answer in reads.join_all().await {
        assert_eq!(answer.unwrap(), None);
    }
    until(&archive, "the overflow closes", |now| now == Connections { busy: 0, idle: 2, overflow: 0 }).await;
    let probe = || async {
        let now = sessions(&backend).await;
        if now == kept { Ok(()) } else { Err(anyhow::anyhow!("{now:?} instead of {kept:?}")) }
    };
    poll("the server has the same two sessions as before the rush", probe).await.unwrap();
}

async fn lock_users(backend: &Backend) -> MySqlConnection {
    let Backend::MariaDb { url } = backend else { panic!("a lock needs a server") };
    // Through another database, so that this session is not counted.
    let database = url.rsplit('/').next().unwrap();
    let mut lock = MySqlConnection::connect(&server().await.url()).await.unwrap();
    let sql = format!("LOCK TABLES {database}.users WRITE");
    lock.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    lock
}

#[tokio::test]
async fn a_read_given_up_leaves_no_answer_behind_for_the_next() {
    let backend = Backend::mariadb("given_up").await;
    backend.migrated().await.close().await;
    let archive = Archive::open(Settings {
        pool_size: 1,
        max_overflow: 0,
        read_limit: Duration::from_millis(300),
        ..Settings::new(backend.address())
    });
    archive.ping().await.unwrap();
    let lock = lock_users(&backend).await;
    for _ in 0..3 {
        let error = archive.user(UserId(1)).await.unwrap_err();
        assert!(matches!(error, ArchiveError::Unavailable { .. }), "{error:?}");
        // The only connection hangs in a lock; this needs another one.
        archive.ping().await.unwrap();
    }
    lock.close().await.unwrap();
    assert_eq!(archive.user(UserId(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_write_waits_for_a_row_lock_under_read_committed() {
    let backend = Backend::mariadb("isolation").await;
    let archive = backend.migrated().await;
    let Backend::MariaDb { url } = &backend else { panic!("asked for a server") };
    let mut other = MySqlConnection::connect(url).await.unwrap();
    other.execute("BEGIN").await.unwrap();
    let talk = room(1, 11, 22);
    let insert = format!("INSERT INTO chat_rooms VALUES ({}, 11, 22, 1, 0, NULL, NULL, NULL)", talk.room);
    other.execute(sqlx::AssertSqlSafe(insert)).await.unwrap();

    let write =
        tokio::task::JoinSet::from_iter([async move { archive.write(&[Fact::RoomOpened(talk)]).await }]);
    let probe = || async {
        let waiting =
            "SELECT trx_isolation_level FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
        let levels = backend.sql(waiting).await;
        if levels.is_empty() { Err(anyhow::anyhow!("nobody waits")) } else { Ok(levels) }
    };
    assert_eq!(poll("the write waits for the row", probe).await.unwrap(), ["READ COMMITTED"]);
    other.execute("COMMIT").await.unwrap();
    for answer in write.join_all().await {
        answer.unwrap();
    }
}

#[derive(Default)]
struct Heard(Mutex<Vec<&'static str>>);

impl QueryObserver for Heard {
    fn observed(&self, query: &'static str, _took: Duration) {
        self.0.lock().unwrap().push(query);
    }
}

#[tokio::test]
async fn every_query_is_observed_by_its_name_also_one_that_fails() {
    let backend = Backend::sqlite();
    let heard = Arc::new(Heard::default());
    let observer = Some(heard.clone() as Arc<dyn QueryObserver>);
    let archive = Archive::open(Settings { observer, ..Settings::new(backend.address()) });
    archive.user(UserId(1)).await.unwrap_err();
    archive.migrate().await.unwrap();
    archive.user(UserId(1)).await.unwrap();
    archive.ping().await.unwrap();
    assert_eq!(*heard.0.lock().unwrap(), ["user", "user", "ping"]);
}
