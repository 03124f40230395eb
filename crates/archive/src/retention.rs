//! What is older than the operator keeps it goes: a few rows at a time, the oldest first, each by a key that the rows of
//! a table lie in order of, so that a statement touches the rows it deletes and no others. Messages on MySQL and MariaDB go
//! by whole [partitions](crate::partitions), and by row only what a partition keeps for too long.

use std::time::Duration;

use async_trait::async_trait;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::RoomId;

use crate::archive::Archive;
use crate::database::{Database, Dialect};
use crate::driver::Value;
use crate::error::Result;
use crate::partitions::Turned;
use crate::query::{OLD_ARRIVALS, OLD_FORGOTTEN, OLD_MESSAGES, OLD_RATINGS, OLD_REPORTS, OLD_ROOMS, write};

/// A table whose rows go with age. What is true of somebody now (who they are, whom they block, a ban) has no age, and
/// the audit trail of moderation stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aging {
    /// References to messages, by when they were written.
    Messages,
    /// Rooms, by when they ended.
    Rooms,
    /// Reports, with what was written, by when they were made.
    Reports,
    /// By which link somebody came, by when that was.
    Arrivals,
    /// How people said a chat was, by when.
    Ratings,
    /// That somebody was forgotten, by when. Nothing older about them comes any more.
    Forgotten,
}

impl Aging {
    /// Every such table.
    pub const ALL: [Self; 6] =
        [Self::Messages, Self::Rooms, Self::Reports, Self::Arrivals, Self::Ratings, Self::Forgotten];

    /// Its name, and the label of `hamdam_rows_expired_total`.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Rooms => "chat_rooms",
            Self::Reports => "reports",
            Self::Arrivals => "arrivals",
            Self::Ratings => "ratings",
            Self::Forgotten => "forgotten",
        }
    }

    /// The statement that deletes from the oldest up to a key, and its name.
    fn drop(self) -> (&'static str, &'static str) {
        match self {
            Self::Messages => (write::DROP_MESSAGES, "DELETE FROM messages WHERE created_at <= ?"),
            Self::Rooms => (write::DROP_ROOMS, "DELETE FROM chat_rooms WHERE id <= ? AND ended_at < ?"),
            Self::Reports => (write::DROP_REPORTS, "DELETE FROM reports WHERE created_at <= ?"),
            Self::Arrivals => (write::DROP_ARRIVALS, "DELETE FROM arrivals WHERE arrived_at <= ?"),
            Self::Ratings => (write::DROP_RATINGS, "DELETE FROM ratings WHERE rated_at <= ?"),
            Self::Forgotten => (write::DROP_FORGOTTEN, "DELETE FROM forgotten WHERE forgotten_at <= ?"),
        }
    }
}

/// How long rows are kept, and as of when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Now, by the clock that rows were written by.
    pub now: Millis,
    /// How old rows may be.
    pub kept: Duration,
}

impl Keeping {
    /// What is older is too old.
    #[must_use]
    pub fn before(self) -> Millis {
        self.now.before(self.kept)
    }
}

/// Where rows are kept, until they are too old.
#[async_trait]
pub trait Shelves: Send + Sync + 'static {
    /// Deletes the oldest rows that are too old, `limit` of them (and those that are exactly as old as the last), of each
    /// database that has any. Answers how many it found; fewer than `limit`: no more are left. May be repeated, and be
    /// under way twice.
    ///
    /// Messages on MySQL and MariaDB go with their partition; only those that are still there when the last of it should
    /// have gone are deleted: of a partition that holds more than its time, or where the account may drop none.
    async fn clear(&self, table: Aging, keeping: Keeping, limit: u32) -> Result<u64>;

    /// Where there are partitions, drops those in which all is too old, and makes those of the next days. May be repeated,
    /// and be under way twice; what it could not do is done the next time.
    async fn turn(&self, keeping: Keeping) -> Result<Turned>;
}

#[async_trait]
impl Shelves for Archive {
    async fn clear(&self, table: Aging, keeping: Keeping, limit: u32) -> Result<u64> {
        match table {
            Aging::Messages | Aging::Rooms => {
                let found = self.everywhere(|database| database.clear(table, keeping, limit)).await?;
                Ok(found.into_iter().sum())
            }
            Aging::Reports | Aging::Arrivals | Aging::Ratings | Aging::Forgotten => {
                self.first.clear(table, keeping, limit).await
            }
        }
    }

    async fn turn(&self, keeping: Keeping) -> Result<Turned> {
        let turned = self.everywhere(|database| database.turn_partitions(keeping)).await?;
        Ok(turned.into_iter().sum())
    }
}

impl Database {
    async fn clear(&self, table: Aging, keeping: Keeping, limit: u32) -> Result<u64> {
        let goes_with_others = table == Aging::Messages && self.dialect == Dialect::MySql;
        let grace = if goes_with_others { keeping.width() } else { Duration::ZERO };
        let before = keeping.before().before(grace);
        // A room ends after it was made.
        let made_before = RoomId::first_at(before).0;
        let (before, most): (Value, Value) = (before.0.into(), i64::from(limit).into());
        let old = match table {
            Aging::Messages => self.read(&OLD_MESSAGES, [before.clone(), most]).await?,
            Aging::Rooms => self.read(&OLD_ROOMS, [made_before.into(), before.clone(), most]).await?,
            Aging::Reports => self.read(&OLD_REPORTS, [before.clone(), most]).await?,
            Aging::Arrivals => self.read(&OLD_ARRIVALS, [before.clone(), most]).await?,
            Aging::Ratings => self.read(&OLD_RATINGS, [before.clone(), most]).await?,
            Aging::Forgotten => self.read(&OLD_FORGOTTEN, [before.clone(), most]).await?,
        };
        let Some(last) = old.last().and_then(|row| row.first()).cloned() else { return Ok(0) };
        let (name, sql) = table.drop();
        let values = if table == Aging::Rooms { vec![last, before] } else { vec![last] };
        self.contend(name, sql.to_owned(), values).await?;
        Ok(u64::try_from(old.len()).unwrap_or(u64::MAX))
    }
}
