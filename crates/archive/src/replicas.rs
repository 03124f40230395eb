//! Replicas of a MySQL or MariaDB primary, for reads that may be some seconds old. Of several databases the first has some.
//!
//! How far one lags is measured by what passes through replication: a row with the primary's time, written there and read
//! on the replica. That needs no privilege, is the same on both servers, and also sees a replica that believes to have
//! caught up because it no longer hears its primary.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use crate::archive::Archive;
use crate::database::Database;
use crate::driver::{Driver, Statement, Value};
use crate::error::Result;
use crate::query::{BEAT, Query};

/// Unknown, and so not to be asked.
const UNKNOWN: i64 = -1;

/// The replicas of one primary.
pub(crate) struct Replicas {
    pub(crate) list: Vec<Replica>,
    /// One that lags more is not asked.
    pub(crate) most: Duration,
    /// Whose turn it is.
    pub(crate) next: AtomicUsize,
}

/// One of them.
pub(crate) struct Replica {
    name: String,
    driver: Box<dyn Driver>,
    lag_ms: AtomicI64,
}

/// How a replica stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaStanding {
    /// Where it is, without user and password.
    pub name: String,
    /// How far it lags; `None` if it does not answer, or was not looked at.
    pub lag: Option<Duration>,
    /// Whether it is asked.
    pub fit: bool,
}

impl Replica {
    pub(crate) fn new(name: String, driver: Box<dyn Driver>) -> Self {
        Self { name, driver, lag_ms: AtomicI64::new(UNKNOWN) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) async fn run(&self, statement: Statement) -> Result<Vec<Vec<Value>>> {
        self.driver.run(statement).await
    }

    fn lag(&self) -> Option<Duration> {
        u64::try_from(self.lag_ms.load(Ordering::Relaxed)).ok().map(Duration::from_millis)
    }

    /// Notes how far it lags behind what the primary has.
    async fn look(&self, primary_at: i64, statement: Statement) {
        let beat = self.run(statement).await.ok().and_then(|rows| first(&rows));
        let lag = beat.map_or(UNKNOWN, |beat| (primary_at - beat).max(0));
        self.lag_ms.store(lag, Ordering::Relaxed);
    }
}

impl Replicas {
    fn is_fit(&self, replica: &Replica) -> bool {
        replica.lag().is_some_and(|lag| lag <= self.most)
    }

    /// Those to be asked, beginning with the next in turn.
    fn fit(&self) -> impl Iterator<Item = &Replica> {
        let from = if self.list.is_empty() { 0 } else { self.next.fetch_add(1, Ordering::Relaxed) };
        let turns = (0..self.list.len()).map(move |turn| &self.list[(from + turn) % self.list.len()]);
        turns.filter(|replica| self.is_fit(replica))
    }

    pub(crate) async fn close(&self) {
        for replica in &self.list {
            replica.driver.close().await;
        }
    }
}

impl Archive {
    /// Writes a beat on the primary and looks how old each replica's is. A replica is asked after it was looked at for the
    /// first time; with the primary away they stay as they stood. Without replicas it does nothing.
    pub async fn look_at_replicas(&self) -> Result<()> {
        let primary = &self.first;
        if primary.replicas.list.is_empty() {
            return Ok(());
        }
        primary.change(BEATING, BEATING_SQL.to_owned(), Vec::new()).await?;
        let primary_at = first(&primary.read(&BEAT, []).await?).unwrap_or_default();
        for replica in &primary.replicas.list {
            replica.look(primary_at, primary.statement(&BEAT, [])).await;
        }
        Ok(())
    }

    /// How the replicas stand, in the order of the settings.
    #[must_use]
    pub fn replicas(&self) -> Vec<ReplicaStanding> {
        let replicas = &self.first.replicas;
        let standing = |replica: &Replica| ReplicaStanding {
            name: replica.name.clone(),
            lag: replica.lag(),
            fit: replicas.is_fit(replica),
        };
        replicas.list.iter().map(standing).collect()
    }
}

impl Database {
    /// Reads what may be some seconds old: from a replica, or from the primary if none is fit or the fit ones fail.
    pub(crate) async fn read_lagging<const N: usize>(
        &self,
        query: &Query,
        values: [Value; N],
    ) -> Result<Vec<Vec<Value>>> {
        for replica in self.replicas.fit() {
            match replica.run(self.statement(query, values.clone())).await {
                Ok(rows) => return Ok(rows),
                // Until it is looked at again.
                Err(_) => replica.lag_ms.store(UNKNOWN, Ordering::Relaxed),
            }
        }
        self.read(query, values).await
    }
}

/// The name of the statement that beats.
const BEATING: &str = "write_beat";
const BEATING_SQL: &str = "INSERT INTO replica_beats (id, beat_at) VALUES (1, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)) \
     ON DUPLICATE KEY UPDATE beat_at = GREATEST(beat_at, VALUES(beat_at))";

fn first(rows: &[Vec<Value>]) -> Option<i64> {
    rows.first().and_then(|row| row.first()).and_then(Value::int)
}
