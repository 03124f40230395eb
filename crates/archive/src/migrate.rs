//! The schema, carried in the binary and applied by whoever comes first.
//!
//! Our own runner and not sqlx's: that one marks a migration that broke off as dirty and then refuses for ever, and it
//! does not keep two processes apart on SQLite. Here every statement of a migration can be repeated, so one that broke
//! off is run again; on SQLite it is a transaction besides.

use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType};
use sqlx::mysql::{MySql, MySqlConnectOptions, MySqlConnection};
use sqlx::sqlite::{Sqlite, SqliteConnectOptions};
use sqlx::{
    ColumnIndex, ConnectOptions, Connection, Database, Decode, Encode, Executor, IntoArguments, Row,
    SqlSafeStr, Type,
};

use crate::address::Kind;
use crate::archive::Archive;
use crate::database::{self, Dialect};
use crate::driver::Value;
use crate::error::{ArchiveError, Result};
use crate::query::APPLIED;

/// One schema change, in both dialects.
struct Step {
    version: i64,
    name: &'static str,
    mysql: &'static str,
    sqlite: &'static str,
}

/// Every schema change, in order. An applied file is never edited.
const STEPS: &[Step] = &[
    Step {
        version: 1,
        name: "record",
        mysql: include_str!("../../../migrations/mysql/0001_record.sql"),
        sqlite: include_str!("../../../migrations/sqlite/0001_record.sql"),
    },
    Step {
        version: 2,
        name: "wishes",
        mysql: include_str!("../../../migrations/mysql/0002_wishes.sql"),
        sqlite: include_str!("../../../migrations/sqlite/0002_wishes.sql"),
    },
    Step {
        version: 3,
        name: "decisions",
        mysql: include_str!("../../../migrations/mysql/0003_decisions.sql"),
        sqlite: include_str!("../../../migrations/sqlite/0003_decisions.sql"),
    },
    Step {
        version: 4,
        name: "arrivals",
        mysql: include_str!("../../../migrations/mysql/0004_arrivals.sql"),
        sqlite: include_str!("../../../migrations/sqlite/0004_arrivals.sql"),
    },
    Step {
        version: 5,
        name: "rights",
        mysql: include_str!("../../../migrations/mysql/0005_rights.sql"),
        sqlite: include_str!("../../../migrations/sqlite/0005_rights.sql"),
    },
    Step {
        version: 6,
        name: "ratings",
        mysql: include_str!("../../../migrations/mysql/0006_ratings.sql"),
        sqlite: include_str!("../../../migrations/sqlite/0006_ratings.sql"),
    },
    Step {
        version: 7,
        name: "broadcasts",
        mysql: include_str!("../../../migrations/mysql/0007_broadcasts.sql"),
        sqlite: include_str!("../../../migrations/sqlite/0007_broadcasts.sql"),
    },
    Step {
        version: 8,
        name: "payments",
        mysql: include_str!("../../../migrations/mysql/0008_payments.sql"),
        sqlite: include_str!("../../../migrations/sqlite/0008_payments.sql"),
    },
    Step {
        version: 9,
        name: "beats",
        mysql: include_str!("../../../migrations/mysql/0009_beats.sql"),
        sqlite: include_str!("../../../migrations/sqlite/0009_beats.sql"),
    },
    Step {
        version: 10,
        name: "partitions",
        mysql: include_str!("../../../migrations/mysql/0010_partitions.sql"),
        sqlite: include_str!("../../../migrations/sqlite/0010_partitions.sql"),
    },
    Step {
        version: 11,
        name: "places",
        mysql: include_str!("../../../migrations/mysql/0011_places.sql"),
        sqlite: include_str!("../../../migrations/sqlite/0011_places.sql"),
    },
];

/// Where the applied ones are noted.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS hamdam_migrations (
    version    BIGINT      NOT NULL PRIMARY KEY,
    name       VARCHAR(64) NOT NULL,
    checksum   VARCHAR(96) NOT NULL,
    applied_at TIMESTAMP   NOT NULL DEFAULT CURRENT_TIMESTAMP
)";

/// How long to wait for another instance that is migrating.
const PATIENCE: Duration = Duration::from_mins(5);

const NOTE: &str = "INSERT INTO hamdam_migrations (version, name, checksum) VALUES (?, ?, ?)";

/// What [`Archive::migrate`] calls itself in errors and logs.
const MIGRATE: &str = "migrate";

/// How far the database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The newest applied migration, 0 for none.
    pub applied: i64,
    /// The newest one this binary carries. A database that is ahead belongs to a newer release, which may run beside
    /// this one: migrations expand first and contract a release later.
    pub carried: i64,
}

impl Schema {
    /// Whether this binary can work with it.
    #[must_use]
    pub fn suffices(&self) -> bool {
        self.applied >= self.carried
    }
}

impl Step {
    fn migration(&self, dialect: Dialect) -> Migration {
        let sql = match dialect {
            Dialect::MySql => self.mysql,
            Dialect::Sqlite => self.sqlite,
        };
        Migration::new(self.version, self.name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    }
}

fn hex(checksum: &[u8]) -> String {
    use std::fmt::Write;
    checksum.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn pending(dialect: Dialect, applied: &[(i64, String)]) -> Result<Vec<(Migration, String)>> {
    let mut pending = Vec::new();
    for step in STEPS {
        let migration = step.migration(dialect);
        let checksum = hex(&migration.checksum);
        match applied.iter().find(|(version, _)| *version == step.version) {
            None => pending.push((migration, checksum)),
            Some((_, stored)) if *stored != checksum => {
                return Err(ArchiveError::Edited { version: step.version });
            }
            Some(_) => {}
        }
    }
    Ok(pending)
}

impl Archive {
    /// Brings the schema up to this binary's, in every database, and gives each its place. Any number of instances may do
    /// so at once: one works, the others wait for it. Answers how many migrations it applied itself.
    pub async fn migrate(&self) -> Result<usize> {
        let mut applied = self.first.migrate().await?;
        for database in &self.further {
            applied += database.migrate().await.map_err(|error| ArchiveError::Further {
                address: database.address.to_string(),
                source: Box::new(error),
            })?;
        }
        self.take_places().await?;
        Ok(applied)
    }

    /// How far the database is, of several the one that is least far. `Unmigrated` if one never was.
    pub async fn schema(&self) -> Result<Schema> {
        let applied = self.everywhere(database::Database::applied).await?;
        let applied = applied.into_iter().min().unwrap_or(0);
        Ok(Schema { applied, carried: STEPS.last().map_or(0, |step| step.version) })
    }
}

impl database::Database {
    async fn migrate(&self) -> Result<usize> {
        match &self.address.0 {
            Kind::MySql(options) => migrate_mysql(options).await,
            Kind::Sqlite { memory: true, .. } => self.migrate_memory().await,
            Kind::Sqlite { options, .. } => migrate_sqlite(options).await,
        }
    }

    /// The newest applied migration.
    async fn applied(&self) -> Result<i64> {
        let rows = self.read(&APPLIED, []).await?;
        Ok(rows.iter().filter_map(|row| row.first().and_then(Value::int)).max().unwrap_or(0))
    }

    /// A database in memory has one connection and nobody to compete with, and it is new.
    async fn migrate_memory(&self) -> Result<usize> {
        self.change(MIGRATE, TABLE.to_owned(), Vec::new()).await?;
        let rows = self.read(&APPLIED, []).await?;
        let applied: Vec<_> =
            rows.iter().filter_map(|row| Some((row[0].int()?, row[1].text()?.to_owned()))).collect();
        let pending = pending(self.dialect, &applied)?;
        for (migration, checksum) in &pending {
            self.change(MIGRATE, migration.sql.as_str().to_owned(), Vec::new()).await?;
            let note =
                vec![migration.version.into(), (&*migration.description).into(), checksum.as_str().into()];
            self.change(MIGRATE, NOTE.to_owned(), note).await?;
        }
        Ok(pending.len())
    }
}

fn failed(source: sqlx::Error) -> ArchiveError {
    ArchiveError::of(MIGRATE, source)
}

/// Takes the server's lock on the form of the tables; answers whether it did. [`unlock`] gives it back, and at the latest it
/// goes with its connection, so nobody leaves it behind.
pub(crate) async fn lock(connection: &mut MySqlConnection, patience: Duration) -> sqlx::Result<bool> {
    let locked: Option<i64> =
        sqlx::query_scalar("SELECT GET_LOCK(CONCAT('hamdam.migrate.', LEFT(MD5(DATABASE()), 32)), ?)")
            .bind(patience.as_secs())
            .fetch_one(connection)
            .await?;
    Ok(locked == Some(1))
}

/// Gives the lock back, if it was taken, and ends the connection. Said aloud, since a server may notice the end of a
/// connection long after its client went on.
pub(crate) async fn unlock(mut connection: MySqlConnection) -> sqlx::Result<()> {
    sqlx::query("DO RELEASE_LOCK(CONCAT('hamdam.migrate.', LEFT(MD5(DATABASE()), 32)))")
        .execute(&mut connection)
        .await?;
    connection.close().await
}

/// The lock keeps instances apart.
async fn migrate_mysql(options: &MySqlConnectOptions) -> Result<usize> {
    let mut connection = options.connect().await.map_err(failed)?;
    if !lock(&mut connection, PATIENCE).await.map_err(failed)? {
        return Err(ArchiveError::MigrationBusy(PATIENCE.as_secs()));
    }
    let applied = apply::<MySql>(&mut connection, Dialect::MySql).await;
    unlock(connection).await.map_err(failed)?;
    applied
}

/// The file's write lock keeps processes apart, and the transaction makes each run all or nothing.
async fn migrate_sqlite(options: &SqliteConnectOptions) -> Result<usize> {
    let options = options.clone().busy_timeout(PATIENCE);
    let mut connection = options.connect().await.map_err(failed)?;
    // Kept in the file from then on. It needs the file alone for an instant; if it does not get that, commits cost a few
    // flushes instead of one, and that is all.
    if let Err(error) = sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut connection).await {
        tracing::debug!(%error, "write-ahead log left for another time");
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let applied = apply::<Sqlite>(&mut transaction, Dialect::Sqlite).await?;
    transaction.commit().await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(applied)
}

/// Applies what is missing. The caller keeps others away.
async fn apply<D>(connection: &mut D::Connection, dialect: Dialect) -> Result<usize>
where
    D: Database,
    D::Arguments: IntoArguments<D>,
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    for<'q> i64: Encode<'q, D> + Decode<'q, D> + Type<D>,
    for<'q> String: Encode<'q, D> + Decode<'q, D> + Type<D>,
    usize: ColumnIndex<D::Row>,
{
    sqlx::raw_sql(TABLE).execute(&mut *connection).await.map_err(failed)?;
    let rows = sqlx::query::<D>(APPLIED.sql).fetch_all(&mut *connection).await.map_err(failed)?;
    let applied = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    let applied: Vec<_> = applied.collect::<sqlx::Result<_>>().map_err(failed)?;
    let pending = pending(dialect, &applied)?;
    for (migration, checksum) in &pending {
        let broke = |error: sqlx::Error| ArchiveError::Migration {
            version: migration.version,
            source: Box::new(error),
        };
        sqlx::raw_sql(migration.sql.clone()).execute(&mut *connection).await.map_err(broke)?;
        sqlx::query::<D>(NOTE)
            .bind(migration.version)
            .bind(migration.description.to_string())
            .bind(checksum.clone())
            .execute(&mut *connection)
            .await
            .map_err(broke)?;
        tracing::info!(version = migration.version, name = %migration.description, "migration applied");
    }
    Ok(pending.len())
}
