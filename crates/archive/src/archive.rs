//! The record on a real database, or on several.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use hamdam_domain::id::RoomId;
use hamdam_domain::pseudonym::Pseudonyms;
use tokio::sync::OnceCell;

use crate::address::Address;
use crate::database::Database;
use crate::driver::Value;
use crate::error::Result;
use crate::places::Place;
use crate::pool::Connections;
use crate::query::{PING, Query, QueryObserver};

/// How to use a database.
#[derive(Clone)]
pub struct Settings {
    /// Where it is.
    pub address: Address,
    /// Further databases, which hold their share of rooms with their messages (`MYSQL_SHARD_URLS`). Number and order stay as
    /// they are for as long as there are rows. Not beside SQLite.
    pub further: Vec<Address>,
    /// Connections kept open to each (`DB_POOL_SIZE`), at least 1. SQLite has one, whatever this says.
    pub pool_size: u32,
    /// Connections to each opened beyond that under load and closed again (`DB_MAX_OVERFLOW`).
    pub max_overflow: u32,
    /// How long an overflow connection stays open without work.
    pub overflow_linger: Duration,
    /// How long a read may take, waiting for a connection included. A webhook is answered within 2 s.
    pub read_limit: Duration,
    /// How long a statement that writes may take.
    pub write_limit: Duration,
    /// Hears of every query.
    pub observer: Option<Arc<dyn QueryObserver>>,
    /// What takes so long, waiting for a connection included, is logged by its name (`SLOW_QUERY_MS`); `None`: nothing is.
    pub slow: Option<Duration>,
    /// Where reads that may lag go, as host and port; account and database are the first's. Not on SQLite.
    pub replicas: Vec<(String, u16)>,
    /// A replica that lags more than this is not asked.
    pub replica_lag: Duration,
    /// Under which ids of who is forgotten become pseudonyms.
    pub pseudonyms: Pseudonyms,
}

impl Settings {
    /// The defaults of the configuration table, on `address`.
    #[must_use]
    pub fn new(address: Address) -> Self {
        Self {
            address,
            further: Vec::new(),
            pool_size: 10,
            max_overflow: 5,
            overflow_linger: Duration::from_secs(10),
            read_limit: Duration::from_millis(1_500),
            write_limit: Duration::from_secs(15),
            observer: None,
            slow: Some(Duration::from_millis(500)),
            replicas: Vec::new(),
            replica_lag: Duration::from_secs(5),
            pseudonyms: Pseudonyms::default(),
        }
    }
}

/// The record on MySQL, MariaDB or SQLite: [`Ledger`](crate::Ledger) and [`Directory`](crate::Directory).
pub struct Archive {
    /// It holds everything but the others' rooms and messages.
    pub(crate) first: Database,
    /// They hold rooms and messages alone.
    pub(crate) further: Vec<Database>,
    pub(crate) pseudonyms: Pseudonyms,
    /// Set once every database was found to be in its place.
    pub(crate) placed: OnceCell<()>,
}

impl Archive {
    /// Uses a database, which may be away for now: calls then answer `Unavailable` until it comes. Needs a tokio
    /// runtime.
    #[must_use]
    pub fn open(settings: Settings) -> Self {
        let mut databases = Place::all(1 + settings.further.len())
            .zip([&settings.address].into_iter().chain(&settings.further))
            .map(|(place, address)| Database::open(&settings, address.clone(), place));
        let first = databases.next().expect("there is one");
        let further = databases.collect();
        Self { first, further, pseudonyms: settings.pseudonyms, placed: OnceCell::new() }
    }

    /// Whether every database answers, for readiness.
    pub async fn ping(&self) -> Result<()> {
        self.everywhere(|database| database.read(&PING, [])).await.map(drop)
    }

    /// How the connections to all of them stand.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.databases().map(|database| database.driver.connections()).sum()
    }

    /// Closes every connection, waiting for what is under way.
    pub async fn close(&self) {
        join_all(self.databases().map(Database::close)).await;
    }

    /// Every database, the first one first.
    pub(crate) fn databases(&self) -> impl Iterator<Item = &Database> {
        std::iter::once(&self.first).chain(&self.further)
    }

    /// The database that has a room and its messages.
    pub(crate) fn home(&self, room: RoomId) -> &Database {
        self.databases().find(|database| database.place.holds(room)).unwrap_or(&self.first)
    }

    /// Asks all of them at once; their answers, in their order, or an error when all have answered.
    pub(crate) async fn everywhere<'a, T, F>(&'a self, ask: impl Fn(&'a Database) -> F) -> Result<Vec<T>>
    where
        F: Future<Output = Result<T>>,
    {
        join_all(self.databases().map(ask)).await.into_iter().collect()
    }

    /// The rows that all of them have, one's after another's.
    pub(crate) async fn read_everywhere<const N: usize>(
        &self,
        query: &Query,
        values: [Value; N],
    ) -> Result<Vec<Vec<Value>>> {
        let rows = self.everywhere(|database| database.read(query, values.clone())).await?;
        Ok(rows.into_iter().flatten().collect())
    }
}
