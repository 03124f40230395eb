//! Where the record lies.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};

use crate::error::ArchiveError;

/// The address of a database. Holds a password and does not print it.
#[derive(Clone)]
pub struct Address(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    MySql(MySqlConnectOptions),
    Sqlite { options: SqliteConnectOptions, memory: bool },
}

/// Several processes may use one SQLite file, if only to migrate it; each waits this long for its turn.
const SQLITE_TURN: Duration = Duration::from_secs(5);

impl Address {
    /// A MySQL or MariaDB server.
    #[must_use]
    pub fn mysql(host: &str, port: u16, user: &str, password: Option<&str>, database: &str) -> Self {
        let options = MySqlConnectOptions::new().host(host).port(port).username(user).database(database);
        Self::of_mysql(match password {
            Some(password) => options.password(password),
            None => options,
        })
    }

    /// A SQLite file, made if it is not there.
    #[must_use]
    pub fn sqlite(path: impl AsRef<std::path::Path>) -> Self {
        Self::of_sqlite(SqliteConnectOptions::new().filename(path), false)
    }

    /// A SQLite database that lives as long as its one connection: for tests and demos.
    #[must_use]
    pub fn memory() -> Self {
        Self::of_sqlite(SqliteConnectOptions::new().in_memory(true), true)
    }

    /// Whether it is on a MySQL or MariaDB server.
    #[must_use]
    pub fn is_mysql(&self) -> bool {
        matches!(self.0, Kind::MySql(_))
    }

    fn of_mysql(options: MySqlConnectOptions) -> Self {
        // sqlx already asks for UTC, utf8mb4 and no zero dates. What is slow is logged by name, and not by its text too.
        Self(Kind::MySql(options.disable_statement_logging()))
    }

    fn of_sqlite(options: SqliteConnectOptions, memory: bool) -> Self {
        let options = options
            .disable_statement_logging()
            .create_if_missing(true)
            .busy_timeout(SQLITE_TURN)
            // What is acknowledged must survive a power cut: the journal forgets it then.
            .synchronous(SqliteSynchronous::Full);
        Self(Kind::Sqlite { options, memory })
    }
}

impl FromStr for Address {
    type Err = ArchiveError;

    /// Reads `mysql://user:password@host:port/database` (or `mariadb://`), or `sqlite:path`, or `sqlite::memory:`.
    fn from_str(url: &str) -> Result<Self, Self::Err> {
        let scheme = url.split(':').next().unwrap_or_default();
        match scheme {
            "mysql" | "mariadb" => {
                let options: MySqlConnectOptions =
                    url.parse().map_err(|_: sqlx::Error| ArchiveError::Address("it is no URL".to_owned()))?;
                if options.get_database().is_none_or(str::is_empty) {
                    return Err(ArchiveError::Address("it names no database".to_owned()));
                }
                Ok(Self::of_mysql(options))
            }
            "sqlite" if url.contains(":memory:") => Ok(Self::memory()),
            "sqlite" => {
                let options: SqliteConnectOptions = url
                    .parse()
                    .map_err(|error: sqlx::Error| ArchiveError::Address(format!("it is no URL: {error}")))?;
                Ok(Self::of_sqlite(options, false))
            }
            other => Err(ArchiveError::Address(format!("{:?} is no scheme we speak", cut(other)))),
        }
    }
}

/// A scheme is short; anything longer may be a secret that landed in the wrong place.
fn cut(scheme: &str) -> &str {
    scheme.get(..8).unwrap_or(scheme)
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Address {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::MySql(options) => write!(
                f,
                "mysql://{}:{}/{}",
                options.get_host(),
                options.get_port(),
                options.get_database().unwrap_or_default()
            ),
            Kind::Sqlite { memory: true, .. } => f.write_str("sqlite::memory:"),
            Kind::Sqlite { options, .. } => write!(f, "sqlite:{}", options.get_filename().display()),
        }
    }
}
