//! What takes too long is logged by its name, and never with what it was about.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hamdam_archive::{Archive, Directory, Settings};
use hamdam_domain::id::UserId;
use hamdam_testbed::poll;
use sqlx::{Connection, Executor, MySqlConnection};
use tracing::instrument::WithSubscriber;
use tracing_subscriber::fmt::MakeWriter;

use crate::backend::Backend;

/// Log lines, kept.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const SLOW: Duration = Duration::from_millis(200);
/// Nobody else has this id.
const USER: UserId = UserId(987_654_321);

/// Asks for the user, and answers what was logged meanwhile.
async fn logged(backend: &Backend, slow: Option<Duration>) -> String {
    let limit = Duration::from_mins(1);
    let archive = Archive::open(Settings { slow, read_limit: limit, ..Settings::new(backend.address()) });
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(lines.clone()).finish();
    assert_eq!(archive.user(USER).with_subscriber(subscriber).await.unwrap(), None);
    archive.close().await;
    lines.text()
}

#[tokio::test]
async fn a_query_that_waits_for_a_lock_is_logged_by_its_name() {
    let backend = Backend::mariadb("slow").await;
    backend.migrated().await.close().await;
    let Backend::MariaDb { url } = &backend else { unreachable!("it is one") };
    let mut keeper = MySqlConnection::connect(url).await.unwrap();
    keeper.execute("LOCK TABLES users WRITE").await.unwrap();
    let release = async {
        // The server itself says how long they have been waiting.
        let waiting = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE db = DATABASE() \
                       AND STATE LIKE 'Waiting for table%' AND TIME_MS > 400";
        poll("three queries to wait", || async {
            let waiting = backend.sql(waiting).await.remove(0);
            anyhow::ensure!(waiting == "3", "{waiting}");
            Ok(())
        })
        .await
        .unwrap();
        keeper.execute("UNLOCK TABLES").await.unwrap();
        keeper.close().await.unwrap();
    };
    let (told, patient, silent, ()) = tokio::join!(
        logged(&backend, Some(SLOW)),
        logged(&backend, Some(Duration::from_mins(1))),
        logged(&backend, None),
        release
    );
    let line = told.lines().find(|line| line.contains("a slow query")).unwrap_or_else(|| panic!("{told:?}"));
    assert!(line.contains("WARN") && line.contains("query=\"user\""), "{line}");
    let milliseconds = line.split("milliseconds=").nth(1).unwrap().split(' ').next().unwrap();
    assert!(milliseconds.parse::<u128>().unwrap() >= SLOW.as_millis(), "{line}");
    assert!(!told.contains("987654321") && !told.contains("SELECT"), "{told}");
    assert_eq!((patient.as_str(), silent.as_str()), ("", ""), "a minute is not over");
}

#[tokio::test]
async fn so_it_is_on_sqlite() {
    let backend = Backend::sqlite();
    backend.migrated().await.close().await;
    let told = logged(&backend, Some(Duration::ZERO)).await;
    assert!(told.contains("query=\"user\"") && !told.contains("987654321"), "{told}");
}
