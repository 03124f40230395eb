//! The partitions of `messages` on MySQL and MariaDB: a day each by `created_at`, made ahead and dropped whole.
//!
//! Nothing grows like the messages, and deleting them row by row costs the server as much as writing them. So the table is
//! cut by time, and what is too old goes a partition at a time, which costs the same however many rows are in it.
//!
//! **How wide.** A day, or where rows are kept longer than [`PARTS`] days so many whole days that about [`PARTS`] partitions
//! hold them. Rows of one partition go together, when the youngest that could be in it is too old: so a row is kept up
//! to a partition's time longer than the operator says, and never shorter. A week would be fewer partitions, and up to a
//! week longer than people were told.
//!
//! **Never lost.** The last partition takes what lies beyond all others, so a row always has a place: if nobody made
//! partitions for a while, or a clock ran ahead. Cutting it later moves its rows where they belong; it is usually empty, and
//! then that costs nothing. What is older than the first cut lies in the first partition.
//!
//! **In nobody's way.** Changing partitions needs the table for itself for a moment. Behind a change that waits for a long
//! read, every write would wait too; so it gives up after [`TURN_WAITS_SECONDS`], and is tried again at the next turn.
//!
//! **What reads.** Every hot statement that names a room also names the time since when there can be messages of it
//! ([`first_message`]), so the server looks into the partitions since then, those ahead, which are empty, and the last.
//! `EXPLAIN PARTITIONS` says on MariaDB 10.11, with what is kept for 90 days in 98 partitions:
//!
//! | statement | partitions | by |
//! |---|---|---|
//! | `relayed_in`, `copy_of_written`, `original_of_received`, `messages_of_room` of a room of today | 9 | `idx_chat_room_created` in each |
//! | the same of a room of a week ago | 16 | the same |
//! | the journal's upsert | that of each row | the primary key |
//! | the deletion behind somebody who is forgotten | those since the oldest of 200 rooms | as before |
//! | `old_messages`, and the deletion behind it | the first alone | the primary key |
//! | `dossier_messages`: all rooms of somebody, for `/mydata` | all | `idx_chat_room_created`, a look into each a room |
//! | `count_messages`: for operators | all | any index, every row of it, as before |
//!
//! **Only messages.** Rooms are found by their users, who say nothing of a time: each such look would go through every
//! partition. They go by when they ended, not by the id they would be cut by, and there are far fewer of them.

use std::iter::Sum;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::RoomId;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, MySqlConnection};

use crate::address::Kind;
use crate::database::Database;
use crate::driver::Value;
use crate::error::{ArchiveError, Result};
use crate::migrate;
use crate::query::{PARTITIONS, write};
use crate::retention::Keeping;

/// About so many partitions hold what is kept.
const PARTS: u64 = 90;

/// So many partitions there are from now on, that of now among them: a day's turn may fail so often, less one, before rows
/// come into the last.
const AHEAD: i64 = 7;

const DAY: Duration = Duration::from_hours(24);

/// The last partition, which has no end.
const LAST: &str = "pmax";

/// How long a change waits for the table, while others wait behind it.
const TURN_WAITS_SECONDS: u32 = 1;

/// How long a turn may take: rows of the last partition may have to be moved.
const TURN: Duration = Duration::from_mins(10);

/// A room's id tells when it was made by the clock of whoever led its pool, and its messages have the time of live state.
/// Clocks differ by minutes, and by hours where a machine takes its local time for UTC.
const CLOCKS_DIFFER: Duration = DAY;

/// Nothing was written in the room before.
pub(crate) fn first_message(room: RoomId) -> Millis {
    room.made_at().before(CLOCKS_DIFFER)
}

/// What a turn did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turned {
    /// Partitions made ahead.
    pub made: usize,
    /// Partitions dropped, because all in them was too old.
    pub dropped: usize,
    /// Rows in those, about: as many as the server estimates.
    pub rows: u64,
}

impl Sum for Turned {
    fn sum<I: Iterator<Item = Self>>(turns: I) -> Self {
        turns.fold(Self::default(), |all, turned| Self {
            made: all.made + turned.made,
            dropped: all.dropped + turned.dropped,
            rows: all.rows + turned.rows,
        })
    }
}

/// What the partitions of `messages` cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cover {
    /// There are some.
    pub made: bool,
    /// Every row has a place, however late it is.
    pub takes_all: bool,
    /// For how long from now on, by the server's clock, rows have partitions of their own.
    pub ahead: Duration,
}

/// The partitions as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Partitions {
    /// Those with an end, oldest first.
    cuts: Vec<Cut>,
    /// There is one without an end.
    last: bool,
    /// By the server's clock.
    now: Millis,
}

/// A partition with an end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cut {
    name: String,
    /// What is in it is older.
    before: Millis,
    /// About so many rows.
    rows: u64,
}

impl Keeping {
    /// How much time a partition holds.
    pub(crate) fn width(self) -> Duration {
        let days = self.kept.as_secs().div_ceil(PARTS * DAY.as_secs()).max(1);
        Duration::from_secs(days.saturating_mul(DAY.as_secs()))
    }
}

impl Partitions {
    /// How it looks from outside.
    fn cover(&self) -> Cover {
        Cover {
            made: self.are_there(),
            takes_all: self.last,
            ahead: self.cuts.last().map_or(Duration::ZERO, |cut| cut.before.since(self.now)),
        }
    }

    fn are_there(&self) -> bool {
        self.last || !self.cuts.is_empty()
    }

    fn of(rows: &[Vec<Value>]) -> Self {
        let mut partitions = Self::default();
        for row in rows {
            let [name, before, rows, now] = row.as_slice() else { continue };
            let (Some(name), Some(before)) = (name.text(), before.text()) else { continue };
            partitions.now = Millis(now.int().unwrap_or_default());
            match before.parse() {
                Ok(before) => partitions.cuts.push(Cut {
                    name: name.to_owned(),
                    before: Millis(before),
                    rows: rows.int().unwrap_or_default().unsigned_abs(),
                }),
                Err(_) => partitions.last |= before == "MAXVALUE",
            }
        }
        partitions
    }

    /// The ends of partitions that are to be made: whole multiples of a width, for what is kept and for what comes.
    fn missing(&self, keeping: Keeping) -> Vec<Millis> {
        if !self.are_there() {
            return Vec::new();
        }
        let width = i64::try_from(keeping.width().as_millis()).unwrap_or(i64::MAX);
        let made = self.cuts.last().map_or(keeping.before(), |cut| cut.before.max(keeping.before()));
        let until = keeping.now.0.saturating_add(width.saturating_mul(AHEAD));
        let (first, end) = (made.0.div_euclid(width) + 1, until.div_euclid(width));
        (first..=end).map(|count| Millis(count.saturating_mul(width))).collect()
    }

    /// Whether there is nothing to do.
    fn stand(&self, keeping: Keeping) -> bool {
        let all = self.last || !self.are_there();
        all && self.missing(keeping).is_empty() && self.old(keeping).is_empty()
    }

    /// Those in which all is too old.
    fn old(&self, keeping: Keeping) -> &[Cut] {
        let old = self.cuts.iter().take_while(|cut| cut.before <= keeping.before()).count();
        &self.cuts[..old]
    }

    fn make(&self, ends: &[Millis]) -> String {
        let named = |end: &Millis| {
            let (year, month, day) = end.date();
            format!("PARTITION before_{year:04}{month:02}{day:02} VALUES LESS THAN ({})", end.0)
        };
        let mut parts: Vec<String> = ends.iter().map(named).collect();
        parts.push(format!("PARTITION {LAST} VALUES LESS THAN MAXVALUE"));
        let how =
            if self.last { format!("REORGANIZE PARTITION {LAST} INTO") } else { "ADD PARTITION".to_owned() };
        format!("ALTER TABLE messages {how} ({})", parts.join(", "))
    }
}

fn drop_all(cuts: &[Cut]) -> String {
    let names: Vec<_> = cuts.iter().map(|cut| format!("`{}`", cut.name.replace('`', "``"))).collect();
    format!("ALTER TABLE messages DROP PARTITION {}", names.join(", "))
}

impl Database {
    /// What the partitions cover. On MySQL and MariaDB alone.
    pub(crate) async fn cover(&self) -> Result<Cover> {
        Ok(self.partitions().await?.cover())
    }

    async fn partitions(&self) -> Result<Partitions> {
        Ok(Partitions::of(&self.read(&PARTITIONS, []).await?))
    }

    /// Drops what is too old and makes what is missing, unless another instance is at it, or migrates.
    pub(crate) async fn turn_partitions(&self, keeping: Keeping) -> Result<Turned> {
        let Kind::MySql(options) = &self.address.0 else { return Ok(Turned::default()) };
        if self.partitions().await?.stand(keeping) {
            return Ok(Turned::default());
        }
        let turned = tokio::time::timeout(TURN, self.turn_alone(options, keeping)).await;
        turned.unwrap_or_else(|_| Err(failed(sqlx::Error::PoolTimedOut)))
    }

    async fn turn_alone(&self, options: &MySqlConnectOptions, keeping: Keeping) -> Result<Turned> {
        let mut connection = options.connect().await.map_err(failed)?;
        let turned = if migrate::lock(&mut connection, Duration::ZERO).await.map_err(failed)? {
            // As they stand now that nobody else changes them.
            change(&mut connection, &self.partitions().await?, keeping).await
        } else {
            Ok(Turned::default())
        };
        migrate::unlock(connection).await.map_err(failed)?;
        turned
    }
}

async fn change(
    connection: &mut MySqlConnection,
    partitions: &Partitions,
    keeping: Keeping,
) -> Result<Turned> {
    if partitions.stand(keeping) {
        return Ok(Turned::default());
    }
    let (ends, old) = (partitions.missing(keeping), partitions.old(keeping));
    let mut run = async |sql: String| {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await.map(drop).map_err(failed)
    };
    run(format!("SET SESSION lock_wait_timeout = {TURN_WAITS_SECONDS}")).await?;
    // Where a drop is not allowed, what comes is to have its place all the same.
    if !ends.is_empty() || !partitions.last {
        run(partitions.make(&ends)).await?;
    }
    if !old.is_empty() {
        run(drop_all(old)).await?;
    }
    Ok(Turned { made: ends.len(), dropped: old.len(), rows: old.iter().map(|cut| cut.rows).sum() })
}

fn failed(source: sqlx::Error) -> ArchiveError {
    ArchiveError::of(write::TURN, source)
}
