//! The record on a real database.

use std::sync::Arc;
use std::time::Duration;

use sqlx::mysql::MySql;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::Sqlite;
use sqlx::{Executor, MySqlConnection};

use crate::address::{Address, Kind};
use crate::driver::{Driver, Sqlx, Statement, Value};
use crate::error::Result;
use crate::pool::{Connections, Sizes, TwoPart};
use crate::query::{PING, Query, QueryObserver};

/// How to use a database.
#[derive(Clone)]
pub struct Settings {
    /// Where it is.
    pub address: Address,
    /// Connections kept open (`DB_POOL_SIZE`), at least 1. SQLite has one, whatever this says.
    pub pool_size: u32,
    /// Connections opened beyond that under load and closed again (`DB_MAX_OVERFLOW`).
    pub max_overflow: u32,
    /// How long an overflow connection stays open without work.
    pub overflow_linger: Duration,
    /// How long a read may take, waiting for a connection included. A webhook is answered within 2 s.
    pub read_limit: Duration,
    /// How long a statement that writes may take.
    pub write_limit: Duration,
    /// Hears of every query.
    pub observer: Option<Arc<dyn QueryObserver>>,
}

impl Settings {
    /// The defaults of the configuration table, on `address`.
    #[must_use]
    pub fn new(address: Address) -> Self {
        Self {
            address,
            pool_size: 10,
            max_overflow: 5,
            overflow_linger: Duration::from_secs(10),
            read_limit: Duration::from_millis(1_500),
            write_limit: Duration::from_secs(15),
            observer: None,
        }
    }
}

/// The record on MySQL, MariaDB or SQLite: [`Ledger`](crate::Ledger) and [`Directory`](crate::Directory).
pub struct Archive {
    pub(crate) address: Address,
    pub(crate) driver: Box<dyn Driver>,
    pub(crate) dialect: Dialect,
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

impl Archive {
    /// Uses a database, which may be away for now: calls then answer `Unavailable` until it comes. Needs a tokio
    /// runtime.
    #[must_use]
    pub fn open(settings: Settings) -> Self {
        let sizes = Sizes {
            kept: settings.pool_size.max(1),
            overflow: settings.max_overflow,
            linger: settings.overflow_linger,
            // The statement's own limit is shorter or speaks first; this one only ends what nobody waits for.
            wait: settings.write_limit,
        };
        let observer = settings.observer;
        let (driver, dialect): (Box<dyn Driver>, _) = match settings.address.0.clone() {
            Kind::MySql(options) => {
                let pool = TwoPart::<MySql>::new(sizes, options, mysql_sessions);
                (Box::new(Sqlx { pool, observer }), Dialect::MySql)
            }
            Kind::Sqlite { options, .. } => {
                // One writer at a time is all that SQLite has, and a database in memory is its connection's own.
                let sizes = Sizes { kept: 1, overflow: 0, ..sizes };
                let pool = TwoPart::<Sqlite>::new(sizes, options, |shape| shape.test_before_acquire(false));
                (Box::new(Sqlx { pool, observer }), Dialect::Sqlite)
            }
        };
        let (read_limit, write_limit) = (settings.read_limit, settings.write_limit);
        Self { address: settings.address, driver, dialect, read_limit, write_limit }
    }

    /// Whether the database answers, for readiness.
    pub async fn ping(&self) -> Result<()> {
        self.read(&PING, []).await.map(drop)
    }

    /// How the connections stand.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.driver.connections()
    }

    /// Closes every connection, waiting for what is under way.
    pub async fn close(&self) {
        self.driver.close().await;
    }

    pub(crate) async fn read<const N: usize>(
        &self,
        query: &Query,
        values: [Value; N],
    ) -> Result<Vec<Vec<Value>>> {
        self.driver
            .run(Statement {
                name: query.name,
                sql: query.sql.to_owned(),
                values: values.into(),
                keep: true,
                limit: self.read_limit,
            })
            .await
    }

    pub(crate) async fn change(&self, name: &'static str, sql: String, values: Vec<Value>) -> Result<()> {
        let statement = Statement { name, sql, values, keep: false, limit: self.write_limit };
        self.driver.run(statement).await.map(drop)
    }
}

fn mysql_sessions(shape: PoolOptions<MySql>) -> PoolOptions<MySql> {
    shape.after_connect(|connection: &mut MySqlConnection, _| {
        Box::pin(async move { connection.execute(sqlx::raw_sql(MYSQL_SESSION)).await.map(drop) })
    })
}
