//! The databases the tests run on.

use std::time::Duration;

use hamdam_archive::{Address, Archive, Settings};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, MessageFact, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, Epoch, MessageId, RoomId, RoomIds, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::pseudonym::Pseudonyms;
use hamdam_testbed::MariaDb;
use sqlx::{Connection, Row};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// The server all tests share; each has a database of its own.
pub(crate) async fn server() -> &'static MariaDb {
    static SERVER: OnceCell<MariaDb> = OnceCell::const_new();
    SERVER.get_or_init(|| async { MariaDb::start().await.unwrap() }).await
}

/// A database with nothing in it.
pub(crate) enum Backend {
    MariaDb { url: String },
    Sqlite { folder: TempDir },
}

impl Backend {
    /// An empty database on each, named after the test.
    pub(crate) async fn both(test: &str) -> [Self; 2] {
        [Self::mariadb(test).await, Self::sqlite()]
    }

    pub(crate) async fn mariadb(test: &str) -> Self {
        Self::MariaDb { url: server().await.database(test).await.unwrap() }
    }

    pub(crate) fn sqlite() -> Self {
        Self::Sqlite { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn address(&self) -> Address {
        match self {
            Self::MariaDb { url } => url.parse().unwrap(),
            Self::Sqlite { folder } => Address::sqlite(folder.path().join("record.db")),
        }
    }

    /// Uses it as it is.
    pub(crate) fn open(&self) -> Archive {
        // Other tests share the machine: only tests about time limits have short ones.
        let limit = Duration::from_mins(1);
        Archive::open(Settings {
            pool_size: 2,
            max_overflow: 2,
            read_limit: limit,
            write_limit: limit,
            pseudonyms: pseudonyms(),
            ..Settings::new(self.address())
        })
    }

    /// Uses it with the schema in place.
    pub(crate) async fn migrated(&self) -> Archive {
        let archive = self.open();
        archive.migrate().await.unwrap();
        archive
    }

    /// Runs SQL beside the archive; answers the rows, columns separated by tabs.
    pub(crate) async fn sql(&self, sql: &str) -> Vec<String> {
        match self {
            Self::MariaDb { url } => {
                let database = url.rsplit('/').next().unwrap();
                let rows = server().await.sql(&format!("USE {database}; {sql}")).await.unwrap();
                rows.lines().map(str::to_owned).collect()
            }
            Self::Sqlite { folder } => {
                let path = format!("sqlite:{}", folder.path().join("record.db").display());
                let mut connection = sqlx::SqliteConnection::connect(&path).await.unwrap();
                let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
                rows.iter()
                    .map(|row| (0..row.len()).map(|i| cell(row, i)).collect::<Vec<_>>().join("\t"))
                    .collect()
            }
        }
    }
}

/// The key that all tests have.
pub(crate) fn pseudonyms() -> Pseudonyms {
    Pseudonyms::new(*b"a key of the tests")
}

fn cell(row: &sqlx::sqlite::SqliteRow, column: usize) -> String {
    row.try_get_unchecked::<Option<String>, _>(column).unwrap().unwrap_or_else(|| "NULL".to_owned())
}

/// 2026-01-01T00:00:00Z, from where the tests count.
pub(crate) const START: Millis = Millis(1_767_225_600_000);

pub(crate) fn at(ms: i64) -> Millis {
    Millis(START.0 + ms)
}

pub(crate) fn room_id(ms: i64) -> RoomId {
    RoomIds::new(0, Epoch(1)).next(at(ms))
}

pub(crate) fn room(ms: i64, one: i64, other: i64) -> RoomFact {
    RoomFact::new(room_id(ms), UserId(one), UserId(other))
}

pub(crate) fn closed(room: &RoomFact, ms: i64, end: RoomEnd, by: Option<i64>) -> Fact {
    Fact::RoomClosed { room: room.clone(), ended_at: at(ms), end, ended_by: by.map(UserId) }
}

pub(crate) fn profile(user: i64, version: i64, language: Language, bot: i64) -> Fact {
    let profile = Profile::new(language, BotId(bot));
    Fact::Profile { user: UserId(user), profile, version: at(version) }
}

pub(crate) fn message(room: &RoomFact, sender: usize, update: i64) -> Fact {
    Fact::Message(MessageFact {
        room: room.room,
        sequence: u32::try_from(update).unwrap(),
        sender: room.users[sender],
        bot: BotId(7),
        update: UpdateId(update),
        kind: MessageKind::Text,
        sender_message: MessageId(1_000 + update),
        partner_message: Some(MessageId(2_000 + update)),
        at: at(update),
    })
}
