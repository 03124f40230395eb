//! One database: the way there, and the replicas it has.

use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use sqlx::mysql::MySql;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::Sqlite;
use sqlx::{Executor, MySqlConnection};

use crate::address::{Address, Kind};
use crate::archive::Settings;
use crate::driver::{Driver, Sqlx, Statement, Value};
use crate::error::{ArchiveError, Result};
use crate::places::Place;
use crate::pool::{Sizes, TwoPart};
use crate::query::Query;
use crate::replicas::{Replica, Replicas};

/// How often a statement is tried that lost a deadlock or waited too long for a lock. Rows are written in the order of
/// their keys, so this is rare; nothing was changed then.
const TRIES: u32 = 4;

/// A database of the record.
pub(crate) struct Database {
    pub(crate) address: Address,
    pub(crate) driver: Box<dyn Driver>,
    pub(crate) dialect: Dialect,
    pub(crate) replicas: Replicas,
    pub(crate) place: Place,
    read_limit: Duration,
    write_limit: Duration,
}

/// Which of the two ways to say an upsert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    MySql,
    Sqlite,
}

/// What every MySQL session is set to, beside what sqlx asks for (UTC, utf8mb4).
/// READ COMMITTED: upserts from two journals then lock the rows they touch and not the gaps between them.
/// Strict: a value that does not fit is an error and not a shorter value.
const MYSQL_SESSION: &str = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
     SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), SESSION innodb_lock_wait_timeout = 5";

impl Database {
    /// Uses the database at `address`. Replicas are the first one's.
    pub(crate) fn open(settings: &Settings, address: Address, place: Place) -> Self {
        let sizes = Sizes {
            kept: settings.pool_size.max(1),
            overflow: settings.max_overflow,
            linger: settings.overflow_linger,
            // The statement's own limit is shorter or speaks first; this one only ends what nobody waits for.
            wait: settings.write_limit,
        };
        let (observer, slow) = (settings.observer.clone(), settings.slow);
        let mut replicas =
            Replicas { list: Vec::new(), most: settings.replica_lag, next: AtomicUsize::new(0) };
        let (driver, dialect): (Box<dyn Driver>, _) = match address.0.clone() {
            Kind::MySql(options) => {
                let hosts = if place.is_first() { settings.replicas.as_slice() } else { &[] };
                replicas.list = hosts
                    .iter()
                    .map(|(host, port)| {
                        let pool =
                            TwoPart::new(sizes, options.clone().host(host).port(*port), mysql_sessions);
                        let driver = Sqlx::<MySql> { pool, observer: observer.clone(), slow };
                        Replica::new(format!("{host}:{port}"), Box::new(driver))
                    })
                    .collect();
                let pool = TwoPart::<MySql>::new(sizes, options, mysql_sessions);
                (Box::new(Sqlx { pool, observer, slow }), Dialect::MySql)
            }
            Kind::Sqlite { options, .. } => {
                // One writer at a time is all that SQLite has, and a database in memory is its connection's own.
                let sizes = Sizes { kept: 1, overflow: 0, ..sizes };
                let pool = TwoPart::<Sqlite>::new(sizes, options, |shape| shape.test_before_acquire(false));
                (Box::new(Sqlx { pool, observer, slow }), Dialect::Sqlite)
            }
        };
        let (read_limit, write_limit) = (settings.read_limit, settings.write_limit);
        Self { address, driver, dialect, replicas, place, read_limit, write_limit }
    }

    pub(crate) async fn close(&self) {
        self.replicas.close().await;
        self.driver.close().await;
    }

    pub(crate) async fn read<const N: usize>(
        &self,
        query: &Query,
        values: [Value; N],
    ) -> Result<Vec<Vec<Value>>> {
        self.driver.run(self.statement(query, values)).await
    }

    pub(crate) fn statement<const N: usize>(&self, query: &Query, values: [Value; N]) -> Statement {
        Statement {
            name: query.name,
            sql: query.sql.to_owned(),
            values: values.into(),
            keep: true,
            limit: self.read_limit,
        }
    }

    pub(crate) async fn change(&self, name: &'static str, sql: String, values: Vec<Value>) -> Result<()> {
        let statement = Statement { name, sql, values, keep: false, limit: self.write_limit };
        self.driver.run(statement).await.map(drop)
    }

    /// Tries again what lost a race for locks.
    pub(crate) async fn contend(&self, name: &'static str, sql: String, values: Vec<Value>) -> Result<()> {
        for _ in 1..TRIES {
            match self.change(name, sql.clone(), values.clone()).await {
                Err(ArchiveError::Contended { .. }) => {
                    tracing::debug!(query = name, "lost a race for row locks, trying again");
                }
                answer => return answer,
            }
        }
        self.change(name, sql, values).await
    }
}

fn mysql_sessions(shape: PoolOptions<MySql>) -> PoolOptions<MySql> {
    shape.after_connect(|connection: &mut MySqlConnection, _| {
        Box::pin(async move { connection.execute(sqlx::raw_sql(MYSQL_SESSION)).await.map(drop) })
    })
}
