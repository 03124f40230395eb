//! What can go wrong, told by what mends it.

use sqlx::mysql::MySqlDatabaseError;

/// Result of a call to the record.
pub type Result<T> = std::result::Result<T, ArchiveError>;

/// What the driver or the database said.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// A call that did not succeed. What follows from the settings or a value stays; all else may be repeated as it is.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The address of the database is none. Never carries the address itself: it holds a password.
    #[error(
        "the database address cannot be used ({0}); want mysql://user:password@host:3306/database or sqlite:path/to/file.db"
    )]
    Address(String),
    /// The database cannot be reached, is overloaded, or did not answer in time. The statement may have happened.
    #[error("the database did not answer {query}")]
    Unavailable {
        /// The query's name.
        query: &'static str,
        /// What the driver said.
        #[source]
        source: Source,
    },
    /// Others hold the rows for longer than is worth waiting. Nothing was changed.
    #[error("{query} lost the rows to other writers")]
    Contended {
        /// The query's name.
        query: &'static str,
        /// What the database said.
        #[source]
        source: Source,
    },
    /// The database does not let us in, or not at this.
    #[error(
        "the database refuses {query}; check its user, password and grants (SELECT, INSERT, UPDATE, DELETE; for `hamdam migrate` also CREATE, ALTER, INDEX, DROP; for partitions CREATE, ALTER, DROP on messages)"
    )]
    Denied {
        /// The query's name.
        query: &'static str,
        /// What the database said.
        #[source]
        source: Source,
    },
    /// A table or column is missing.
    #[error("the database lacks what {query} needs; run `hamdam migrate`")]
    Unmigrated {
        /// The query's name.
        query: &'static str,
        /// What the database said.
        #[source]
        source: Source,
    },
    /// A value that no column takes. Repeating does not help.
    #[error("the database rejects a value of {query}")]
    Rejected {
        /// The query's name.
        query: &'static str,
        /// What the database said.
        #[source]
        source: Source,
    },
    /// Another instance is migrating and has not come to an end in time.
    #[error(
        "another instance has been migrating for {0} s; look at `SHOW PROCESSLIST`, then run `hamdam migrate` again"
    )]
    MigrationBusy(u64),
    /// A migration failed half-way. Its statements can be repeated.
    #[error(
        "migration {version} failed; mend what the database says, then run `hamdam migrate` again: it goes on where it stopped"
    )]
    Migration {
        /// The migration.
        version: i64,
        /// What the database said.
        #[source]
        source: Source,
    },
    /// An applied migration is not the one this binary carries.
    #[error(
        "migration {version} was applied in another form than this binary carries; applied files are never edited: run the release that belongs to this database, or move the change into a new migration"
    )]
    Edited {
        /// The migration.
        version: i64,
    },
    /// Of several databases, one is not what the settings make of it.
    #[error("{address} {found}. {mend}")]
    Misplaced {
        /// Where it is, without user and password.
        address: String,
        /// What is wrong with it.
        found: String,
        /// What mends it: a sentence.
        mend: &'static str,
    },
    /// Of several databases, one could not be migrated.
    #[error("{address} was not migrated")]
    Further {
        /// Where it is, without user and password.
        address: String,
        /// Why.
        #[source]
        source: Box<ArchiveError>,
    },
}

impl ArchiveError {
    /// Sorts a driver's error by what mends it.
    pub(crate) fn of(query: &'static str, error: sqlx::Error) -> Self {
        let kind = Kind::of(&error);
        let source = Box::new(error);
        match kind {
            Kind::Unavailable => Self::Unavailable { query, source },
            Kind::Contended => Self::Contended { query, source },
            Kind::Denied => Self::Denied { query, source },
            Kind::Unmigrated => Self::Unmigrated { query, source },
            Kind::Rejected => Self::Rejected { query, source },
        }
    }
}

enum Kind {
    Unavailable,
    Contended,
    Denied,
    Unmigrated,
    Rejected,
}

impl Kind {
    fn of(error: &sqlx::Error) -> Self {
        let sqlx::Error::Database(error) = error else { return Self::Unavailable };
        let code = error.code().unwrap_or_default();
        match error.try_downcast_ref::<MySqlDatabaseError>() {
            Some(mysql) => Self::of_mysql(mysql.number(), &code, error.message()),
            None => Self::of_sqlite(code.parse().unwrap_or_default(), error.message()),
        }
    }

    /// By error number and SQLSTATE: 28 login, 42000 grants among others, 42S02 and 42S22 missing table and column,
    /// 22 and 23 values that do not fit.
    fn of_mysql(number: u16, state: &str, message: &str) -> Self {
        match (number, state) {
            // ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK
            (1205 | 1213, _) => Self::Contended,
            (_, "28000") => Self::Denied,
            // "SELECT command denied to user ...", "Access denied for user ... to database ..."
            (_, "42000") if message.contains("denied") => Self::Denied,
            (_, "42S02" | "42S22") => Self::Unmigrated,
            (_, state) if state.starts_with("22") || state.starts_with("23") => Self::Rejected,
            _ => Self::Unavailable,
        }
    }

    /// By the primary result code, which is the low byte: 5 busy, 19 a constraint, 20 a datatype mismatch. A missing
    /// table is a plain error (1) with a text.
    fn of_sqlite(code: i32, message: &str) -> Self {
        let missing = ["no such table", "no such column", "has no column named"];
        match code & 0xff {
            5 => Self::Contended,
            19 | 20 => Self::Rejected,
            1 if missing.iter().any(|text| message.contains(text)) => Self::Unmigrated,
            _ => Self::Unavailable,
        }
    }
}
