//! A record on several databases: each has its share of the rooms, with their messages, and the first has everything else.
//!
//! Where a room is follows from its id and the number of databases, so neither their number nor their order may change under
//! rows. Each is therefore told, when the record is founded, which of how many it is and of which record, and whoever uses
//! them holds that against the settings: before the first write at the latest, since a database may be away at start. A
//! record on one database is told nothing: it needs no more than that nobody told it otherwise.

use std::fmt;
use std::time::Duration;

use futures::future::join_all;
use hamdam_domain::id::RoomId;
use sqlx::ConnectOptions;
use sqlx::mysql::MySqlConnectOptions;

use crate::address::Kind;
use crate::archive::Archive;
use crate::database::Database;
use crate::driver::Value;
use crate::error::{ArchiveError, Result};
use crate::migrate;
use crate::query::{HAS_ROOMS, NEW_RECORD, PLACE, write};

/// How long to wait for another who founds the same record.
const PATIENCE: Duration = Duration::from_mins(1);

const AS_EVER: &str = "Name the same databases in the same order as ever: the first in DATABASE_URL or MYSQL_HOST, the \
                       others in MYSQL_SHARD_URLS.";

/// Which of how many databases one is, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    number: u32,
    of: u32,
}

impl Place {
    /// Those of so many databases.
    pub(crate) fn all(count: usize) -> impl Iterator<Item = Self> {
        let of = u32::try_from(count).unwrap_or(u32::MAX);
        (0..of).map(move |number| Self { number, of })
    }

    /// That of the database which has users, and everything but rooms.
    pub(crate) fn is_first(self) -> bool {
        self.number == 0
    }

    /// Whether the room is there. Rows lie by it: it must never answer otherwise. The upper bits of a product that all bits of
    /// the id have a part in (Fibonacci hashing, Knuth TAOCP 3, 6.4), since ids of rooms made in a row differ in few.
    pub(crate) fn holds(self, room: RoomId) -> bool {
        let mixed = room.0.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        (mixed * u64::from(self.of)) >> 32 == u64::from(self.number)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "database {} of {}", self.number + 1, self.of)
    }
}

/// What a database was told of itself.
struct Told {
    /// Of which record it is: a random name.
    record: String,
    place: Place,
}

impl Database {
    async fn told(&self) -> Result<Option<Told>> {
        let rows = self.read(&PLACE, []).await?;
        let told = |row: &Vec<Value>| {
            let [record, number, of] = row.as_slice() else { return None };
            let place = Place { number: number.int()?.try_into().ok()?, of: of.int()?.try_into().ok()? };
            Some(Told { record: record.text()?.to_owned(), place })
        };
        Ok(rows.first().and_then(told))
    }

    /// Answers the record it is of, if it was told so, and if that is the one it is taken for.
    fn record(&self, told: Option<Told>, of: Option<&str>) -> Result<Option<String>> {
        let Some(Told { record, place }) = told else { return Ok(None) };
        if place != self.place {
            return Err(self.misplaced(format!("is {place}, and is named as {}", self.place), AS_EVER));
        }
        if of.is_some_and(|of| of != record) {
            return Err(self.misplaced(format!("is {place} of another record"), AS_EVER));
        }
        Ok(Some(record))
    }

    async fn is_free(&self) -> Result<()> {
        let rows = self.read(&HAS_ROOMS, []).await?;
        if rows.first().and_then(|row| row.first()).and_then(Value::int) == Some(0) {
            return Ok(());
        }
        let mend = "A record is on several databases from its first room on, or never: leave MYSQL_SHARD_URLS out, or begin \
                    anew on empty databases.";
        Err(self.misplaced(format!("has rooms already, and is to become {}", self.place), mend))
    }

    async fn tell(&self, record: &str) -> Result<()> {
        let Place { number, of } = self.place;
        let values = vec![record.into(), i64::from(number).into(), i64::from(of).into()];
        let sql = "INSERT INTO record_places (id, record, place, places) VALUES (1, ?, ?, ?)";
        self.change(write::PLACE, sql.to_owned(), values).await
    }

    fn misplaced(&self, found: String, mend: &'static str) -> ArchiveError {
        ArchiveError::Misplaced { address: self.address.to_string(), found, mend }
    }
}

impl Archive {
    /// Whether the databases are those of one record, each in its place. Once they were, nobody is asked again.
    /// `Misplaced` as soon as one is not, even if others do not answer.
    pub async fn check_places(&self) -> Result<()> {
        // SQLite is one file, and nobody tells it anything.
        if self.further.is_empty() && !self.first.address.is_mysql() {
            return Ok(());
        }
        self.placed.get_or_try_init(|| self.look_at_places()).await.map(drop)
    }

    async fn look_at_places(&self) -> Result<()> {
        let (mut record, mut untold, mut away) = (None, None, None);
        for (database, told) in self.databases().zip(join_all(self.databases().map(Database::told)).await) {
            match told {
                Err(error) => away = away.or(Some(error)),
                Ok(told) => match database.record(told, record.as_deref())? {
                    None => untold = untold.or(Some(database)),
                    some => record = some,
                },
            }
        }
        match (untold, away) {
            (Some(_), None) if self.further.is_empty() => Ok(()),
            (Some(database), None) => Err(database
                .misplaced(format!("was never told that it is {}", database.place), "Run `hamdam migrate`.")),
            (_, Some(error)) => Err(error),
            (None, None) => Ok(()),
        }
    }

    /// Tells each database its place, if the record is new, and looks whether each is in it.
    pub(crate) async fn take_places(&self) -> Result<()> {
        if let (Kind::MySql(options), false) = (&self.first.address.0, self.further.is_empty()) {
            self.found_record(options).await?;
        }
        self.check_places().await
    }

    /// One at a time. The first is told last: once it knows, all do, and an empty one among them is somebody's mistake.
    async fn found_record(&self, options: &MySqlConnectOptions) -> Result<()> {
        let failed = |error| ArchiveError::of(write::PLACE, error);
        let mut connection = options.connect().await.map_err(failed)?;
        if !migrate::lock(&mut connection, PATIENCE).await.map_err(failed)? {
            return Err(ArchiveError::MigrationBusy(PATIENCE.as_secs()));
        }
        let founded = self.found_alone().await;
        migrate::unlock(connection).await.map_err(failed)?;
        founded
    }

    async fn found_alone(&self) -> Result<()> {
        let told = self.everywhere(Database::told).await?;
        let is_founded = told.first().is_some_and(Option::is_some);
        let (mut record, mut new) = (None, Vec::new());
        for (database, told) in self.databases().zip(told) {
            match database.record(told, record.as_deref())? {
                None if is_founded => {
                    let mend = "Name the database that was there before, or restore it from its backup.";
                    return Err(
                        database.misplaced(format!("knows nothing of being {}", database.place), mend)
                    );
                }
                None => new.push(database),
                some => record = some,
            }
        }
        for database in &new {
            database.is_free().await?;
        }
        let record = match record {
            Some(record) => record,
            None => self.new_record().await?,
        };
        for database in new.iter().rev() {
            database.tell(&record).await?;
        }
        Ok(())
    }

    async fn new_record(&self) -> Result<String> {
        let rows = self.first.read(&NEW_RECORD, []).await?;
        let name = rows.first().and_then(|row| row.first()).and_then(Value::text);
        Ok(name.unwrap_or_default().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use hamdam_domain::clock::Millis;
    use hamdam_domain::id::{Epoch, RoomIds};

    use super::*;

    /// Where 16 rooms lie among two and among five. Other answers would lose every room there is.
    #[test]
    fn a_room_stays_where_it_is() {
        let of = |count, room| {
            let place = Place::all(count).find(|place| place.holds(RoomId(room)));
            char::from_digit(place.unwrap().number, 10).unwrap()
        };
        let rooms = |count| (1..=16).map(|room| of(count, room << 22)).collect::<String>();
        assert_eq!((rooms(2).as_str(), rooms(5).as_str()), ("0101010010101001", "2413020241303024"));
    }

    #[test]
    fn each_has_its_share_of_rooms_made_in_a_row_in_a_crowd_or_once_a_second() {
        for gap in [0, 1, 200, 1_000, 1_024, 60_000] {
            for count in [1, 2, 3, 7] {
                let mut ids = RoomIds::new(0, Epoch(1));
                let mut shares = vec![0_u32; count];
                for step in 0..10_000 {
                    let room = ids.next(Millis(RoomIds::ORIGIN.0 + 40_000_000_000 + step * gap));
                    let holds: Vec<_> = Place::all(count).filter(|place| place.holds(room)).collect();
                    assert_eq!(holds.len(), 1, "{room} is in one place");
                    shares[usize::try_from(holds[0].number).unwrap()] += 1;
                }
                let fair = 10_000 / u32::try_from(count).unwrap();
                let is_fair = |share: &u32| share.abs_diff(fair) < fair / 5;
                assert!(shares.iter().all(is_fair), "{gap} ms apart: {shares:?}");
            }
        }
    }
}
