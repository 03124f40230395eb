//! The statements that sweep somebody out: what is older than their wish to be forgotten, on every database.

use std::collections::{BTreeMap, BTreeSet};

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, RoomId, UserId};
use hamdam_domain::profile::{Language, Profile};

use crate::archive::Archive;
use crate::database::{Database, Dialect};
use crate::driver::Value;
use crate::error::Result;
use crate::forgetting::{Forgetting, SLACK};
use crate::partitions::first_message;
use crate::query::{TRACES_ROOMS, write};
use crate::rows::UserRow;

/// Rooms whose messages are deleted in one statement.
const ROOMS: usize = 200;

/// Who is swept out, and since when.
#[derive(Clone, Copy)]
struct Swept {
    user: UserId,
    alias: UserId,
    at: Millis,
}

impl Archive {
    /// Deletes what is older than `at` about `user`, or puts their pseudonym in its place. `rooms`: where else than in rooms
    /// that the record knows as theirs they may have written.
    pub(crate) async fn sweep(&self, user: UserId, at: Millis, rooms: BTreeSet<RoomId>) -> Result<()> {
        let swept = Swept { user, alias: self.pseudonyms.of(user), at };
        self.everywhere(|database| database.sweep_rooms(swept, &rooms)).await?;
        self.first.take(SWEEP, swept).await?;
        if !self.blockers(user).await?.is_empty() {
            let nobody = Profile::new(Language::default(), BotId::NONE);
            let row = UserRow { profile: &nobody, version: Millis(0), created_at: Millis(0) };
            self.write_users(&BTreeMap::from([(swept.alias, row)])).await?;
        }
        Ok(())
    }
}

impl Database {
    /// The rooms of a user, from `first` on: each with both users.
    pub(crate) async fn rooms_of(&self, user: UserId, first: RoomId) -> Result<Vec<Vec<Value>>> {
        let (id, first): (Value, Value) = (user.0.into(), first.0.into());
        let values = [&id, &first, &id, &first, &id, &first, &id, &first];
        self.read(&TRACES_ROOMS, values.map(Value::clone)).await
    }

    async fn sweep_rooms(&self, swept: Swept, told: &BTreeSet<RoomId>) -> Result<()> {
        let (id, when): (Value, Value) = (swept.user.0.into(), swept.at.0.into());
        let mut rooms: BTreeSet<_> = told.iter().copied().filter(|room| self.place.holds(*room)).collect();
        let known = self.rooms_of(swept.user, RoomId(0)).await?;
        rooms.extend(known.iter().filter_map(|row| row.first()?.int()).map(RoomId));
        for chunk in rooms.into_iter().collect::<Vec<_>>().chunks(ROOMS) {
            let places = vec!["?"; chunk.len()].join(",");
            let values: Vec<Value> =
                chunk.iter().map(|room| room.0.into()).chain([id.clone(), when.clone()]).collect();
            let sql = format!(
                "UPDATE chat_rooms SET ended_by = 0 WHERE id IN ({places}) AND ended_by = ? AND ended_at <= ?"
            );
            self.contend(write::SWEEP, sql, values.clone()).await?;
            // The first is the oldest.
            let since = chunk.first().map(|room| first_message(*room).0.into());
            let sql = format!(
                "DELETE FROM messages WHERE chat_room_id IN ({places}) AND sender_id = ? AND created_at <= ? \
                 AND created_at >= ?"
            );
            self.contend(write::SWEEP, sql, values.into_iter().chain(since).collect()).await?;
        }
        self.take(SWEEP_ROOMS, swept).await
    }

    async fn take(&self, steps: &[Step], Swept { user, alias, at }: Swept) -> Result<()> {
        for step in steps {
            let values = step.values.iter().map(|value| match value {
                Of::User => user.0,
                Of::Alias => alias.0,
                Of::Time => at.0,
                Of::Room => RoomId::first_at(at.after(SLACK)).0,
            });
            let values = values.map(Value::from).collect();
            self.contend(write::SWEEP, step.text(self.dialect), values).await?;
        }
        Ok(())
    }
}

/// A statement of a sweep, and what its parameters are. `{ignore}`: rows that would meet another one of the same key stay.
struct Step {
    sql: &'static str,
    values: &'static [Of],
}

/// What stands in the place of a parameter.
enum Of {
    User,
    Alias,
    Time,
    /// The first room that may be of a time behind.
    Room,
}

impl Step {
    fn text(&self, dialect: Dialect) -> String {
        let ignore = match dialect {
            Dialect::MySql => "IGNORE",
            Dialect::Sqlite => "OR IGNORE",
        };
        self.sql.replace("{ignore}", ignore)
    }
}

/// Rooms are the others' as well.
const SWEEP_ROOMS: &[Step] = &[
    Step {
        sql: "UPDATE chat_rooms SET user1_id = 0 WHERE is_active IN (0, 1) AND user1_id = ? AND (id < ? OR ended_at <= ?)",
        values: &[Of::User, Of::Room, Of::Time],
    },
    Step {
        sql: "UPDATE chat_rooms SET user2_id = 0 WHERE is_active IN (0, 1) AND user2_id = ? AND (id < ? OR ended_at <= ?)",
        values: &[Of::User, Of::Room, Of::Time],
    },
];

/// What the first database has beside rooms, in an order that finds the rest again after a crash: who is forgotten is found by
/// their own rows last.
const SWEEP: &[Step] = &[
    // Who blocked them stays apart from them.
    Step {
        sql: "UPDATE {ignore} blocks SET blocked_id = ? WHERE blocked_id = ? AND version <= ?",
        values: &[Of::Alias, Of::User, Of::Time],
    },
    Step { sql: "DELETE FROM blocks WHERE blocked_id = ? AND version <= ?", values: &[Of::User, Of::Time] },
    Step { sql: "DELETE FROM blocks WHERE blocker_id = ? AND version <= ?", values: &[Of::User, Of::Time] },
    // What they were reported for counts, should they come back; what they wrote only until it is settled.
    Step {
        sql: "UPDATE reports SET reported_id = ? WHERE reported_id = ? AND (created_at <= ? OR chat_room_id < ?)",
        values: &[Of::Alias, Of::User, Of::Time, Of::Room],
    },
    Step {
        sql: "UPDATE reports SET evidence = NULL WHERE reported_id = ? AND settled_at IS NOT NULL",
        values: &[Of::Alias],
    },
    Step {
        sql: "UPDATE reports SET reporter_id = 0 WHERE reporter_id = ? AND created_at <= ?",
        values: &[Of::User, Of::Time],
    },
    // What was paid must be accounted for, and may have to go back.
    Step {
        sql: "UPDATE payments SET telegram_id = ? WHERE telegram_id = ? AND (paid_at <= ? OR returned_at <= ?)",
        values: &[Of::Alias, Of::User, Of::Time, Of::Time],
    },
    // How a chat was is between two, and of no use to others.
    Step { sql: "DELETE FROM ratings WHERE rater_id = ? AND rated_at <= ?", values: &[Of::User, Of::Time] },
    Step { sql: "DELETE FROM ratings WHERE rated_id = ? AND rated_at <= ?", values: &[Of::User, Of::Time] },
    // Bans, and the audit trail.
    Step {
        sql: "UPDATE {ignore} bans SET telegram_id = ? WHERE telegram_id = ? AND created_at <= ?",
        values: &[Of::Alias, Of::User, Of::Time],
    },
    Step { sql: "DELETE FROM bans WHERE telegram_id = ? AND created_at <= ?", values: &[Of::User, Of::Time] },
    Step {
        sql: "UPDATE bans SET banned_by = ? WHERE banned_by = ? AND created_at <= ?",
        values: &[Of::Alias, Of::User, Of::Time],
    },
    Step {
        sql: "UPDATE {ignore} decisions SET telegram_id = ? WHERE telegram_id = ? AND created_at <= ?",
        values: &[Of::Alias, Of::User, Of::Time],
    },
    Step {
        sql: "DELETE FROM decisions WHERE telegram_id = ? AND created_at <= ?",
        values: &[Of::User, Of::Time],
    },
    Step {
        sql: "UPDATE decisions SET decided_by = ? WHERE decided_by = ? AND created_at <= ?",
        values: &[Of::Alias, Of::User, Of::Time],
    },
    Step {
        sql: "UPDATE broadcasts SET begun_by = ? WHERE begun_by = ? AND begun_at <= ?",
        values: &[Of::Alias, Of::User, Of::Time],
    },
    // All else is theirs alone. Who came back was never here before.
    Step {
        sql: "DELETE FROM arrivals WHERE telegram_id = ? AND arrived_at <= ?",
        values: &[Of::User, Of::Time],
    },
    Step {
        sql: "DELETE FROM user_wishes WHERE telegram_id = ? AND profile_version <= ?",
        values: &[Of::User, Of::Time],
    },
    Step {
        sql: "DELETE FROM users WHERE telegram_id = ? AND profile_version <= ?",
        values: &[Of::User, Of::Time],
    },
    Step {
        sql: "UPDATE users SET created_at = profile_version WHERE telegram_id = ? AND created_at <= ?",
        values: &[Of::User, Of::Time],
    },
];
