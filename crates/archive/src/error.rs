//! What can go wrong, told by what mends it.

/// Result of a call to the record.
pub type Result<T> = std::result::Result<T, ArchiveError>;

/// A call that did not succeed. Every kind but `Rejected` may be repeated as it is.
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
        source: sqlx::Error,
    },
    /// The database does not let us in, or not at this.
    #[error(
        "the database refuses {query}; check its user, password and grants (SELECT, INSERT, UPDATE, DELETE; for `hamdam migrate` also CREATE, ALTER, INDEX)"
    )]
    Denied {
        /// The query's name.
        query: &'static str,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// A table or column is missing.
    #[error("the database lacks what {query} needs; run `hamdam migrate`")]
    Unmigrated {
        /// The query's name.
        query: &'static str,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// A value that no column takes. Repeating does not help.
    #[error("the database rejects a value of {query}")]
    Rejected {
        /// The query's name.
        query: &'static str,
        /// What the database said.
        #[source]
        source: sqlx::Error,
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
        source: sqlx::Error,
    },
    /// An applied migration is not the one this binary carries.
    #[error(
        "migration {version} was applied in another form than this binary carries; applied files are never edited: run the release that belongs to this database, or move the change into a new migration"
    )]
    Edited {
        /// The migration.
        version: i64,
    },
}

impl ArchiveError {
    /// Sorts a driver's error by what mends it.
    pub(crate) fn of(query: &'static str, source: sqlx::Error) -> Self {
        let sqlx::Error::Database(error) = &source else { return Self::Unavailable { query, source } };
        let code = error.code().unwrap_or_default();
        if error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>().is_some() {
            // SQLSTATE: 28 login, 42000 grants among others, 42S02 and 42S22 missing table and column, 22 and 23
            // values that do not fit.
            return match &*code {
                "28000" => Self::Denied { query, source },
                "42S02" | "42S22" => Self::Unmigrated { query, source },
                "42000" if is_grant(error.message()) => Self::Denied { query, source },
                state if state.starts_with("22") || state.starts_with("23") => {
                    Self::Rejected { query, source }
                }
                _ => Self::Unavailable { query, source },
            };
        }
        // SQLite: primary result code in the low byte; 19 is a constraint, 20 a datatype mismatch.
        let primary = code.parse::<i32>().unwrap_or_default() & 0xff;
        match (primary, error.message()) {
            (19 | 20, _) => Self::Rejected { query, source },
            (_, text)
                if text.starts_with("no such table")
                    || text.contains("no column named")
                    || text.starts_with("no such column") =>
            {
                Self::Unmigrated { query, source }
            }
            _ => Self::Unavailable { query, source },
        }
    }
}

/// "SELECT command denied to user ...", "Access denied for user ... to database ...".
fn is_grant(message: &str) -> bool {
    message.contains("denied")
}
