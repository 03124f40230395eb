//! A record on several databases, each on a server of its own.

mod alike;
mod apart;
mod keeping;
mod places;

use std::time::Duration;

use hamdam_archive::{Archive, Settings};
use hamdam_domain::id::RoomId;
use hamdam_testbed::MariaDb;
use tokio::sync::OnceCell;

use crate::backend::{pseudonyms, server};

/// The server that has the second database of every test.
async fn second() -> &'static MariaDb {
    static SERVER: OnceCell<MariaDb> = OnceCell::const_new();
    SERVER.get_or_init(|| async { MariaDb::start().await.unwrap() }).await
}

/// An empty database on each of the two servers.
struct Pair {
    urls: [String; 2],
    database: String,
}

impl Pair {
    async fn new(test: &str) -> Self {
        let urls =
            [server().await.database(test).await.unwrap(), second().await.database(test).await.unwrap()];
        Self { urls, database: format!("hamdam_{test}") }
    }

    fn open(&self) -> Archive {
        open(&[&self.urls[0], &self.urls[1]])
    }

    async fn migrated(&self) -> Archive {
        let archive = self.open();
        archive.migrate().await.unwrap();
        archive
    }

    /// Runs SQL on one of them; answers the rows, columns separated by tabs.
    async fn sql(&self, place: usize, sql: &str) -> Vec<String> {
        let server = [server().await, second().await][place];
        let rows = server.sql(&format!("USE {}; {sql}", self.database)).await.unwrap();
        rows.lines().map(str::to_owned).collect()
    }

    /// The same on both.
    async fn both(&self, sql: &str) -> [Vec<String>; 2] {
        [self.sql(0, sql).await, self.sql(1, sql).await]
    }
}

/// The record on these databases.
fn open(urls: &[&str]) -> Archive {
    let address = |url: &&str| url.parse().unwrap();
    // Other tests share the machine.
    let limit = Duration::from_mins(1);
    Archive::open(Settings {
        further: urls[1..].iter().map(address).collect(),
        pool_size: 2,
        max_overflow: 2,
        read_limit: limit,
        write_limit: limit,
        pseudonyms: pseudonyms(),
        ..Settings::new(address(&urls[0]))
    })
}

/// Which of two databases has a room, by a reckoning of our own: rows that exist lie by it.
fn home(room: RoomId) -> usize {
    usize::from(room.0.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 63 == 1)
}
