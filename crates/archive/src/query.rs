//! Every query there is, by name: what metrics label, and what the index test walks through.

use std::time::Duration;

/// A query that reads. Its text is the same on MySQL, MariaDB and SQLite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// The label of `hamdam_db_query_seconds{query}`.
    pub name: &'static str,
    /// The SQL, with `?` for parameters.
    pub sql: &'static str,
    /// The indexes it must be answered from, one of them per table read; empty where a whole table is counted.
    pub indexes: &'static [&'static str],
}

/// Hears of every query, for metrics.
pub trait QueryObserver: Send + Sync + 'static {
    /// A query of this name took this long, connection included, whatever came of it.
    fn observed(&self, query: &'static str, took: Duration);
}

/// One user by Telegram id. Wishes of another version of the profile are none: they were taken back since.
pub(crate) const USER: Query = Query {
    name: "user",
    sql: "SELECT language, bot_id, unreachable, banned_until, facts, wants FROM users \
          LEFT JOIN user_wishes ON user_wishes.telegram_id = users.telegram_id \
            AND user_wishes.profile_version = users.profile_version \
          WHERE users.telegram_id = ?",
    indexes: &["idx_telegram_id", "PRIMARY"],
};

/// Whom a user blocks.
pub(crate) const BLOCKS: Query = Query {
    name: "blocks",
    sql: "SELECT blocked_id FROM blocks WHERE blocker_id = ? AND is_active = 1 ORDER BY blocked_id",
    indexes: &["PRIMARY"],
};

/// The running rooms of a user, on either side.
pub(crate) const ACTIVE_ROOMS: Query = Query {
    name: "active_rooms",
    sql: "SELECT id, user1_id, user2_id, started_at FROM chat_rooms WHERE is_active = 1 AND user1_id = ? \
          UNION ALL \
          SELECT id, user1_id, user2_id, started_at FROM chat_rooms WHERE is_active = 1 AND user2_id = ?",
    indexes: &["idx_active_chat", "idx_active_chat_second"],
};

/// The copy of a message the user wrote. Newest first: what people answer to is seldom old.
pub(crate) const COPY_OF_WRITTEN: Query = Query {
    name: "copy_of_written",
    sql: "SELECT partner_message_id FROM messages \
          WHERE chat_room_id = ? AND sender_id = ? AND sender_message_id = ? AND partner_message_id IS NOT NULL \
          ORDER BY created_at DESC LIMIT 1",
    indexes: &["idx_chat_room_created"],
};

/// The original of a message the user received.
pub(crate) const ORIGINAL_OF_RECEIVED: Query = Query {
    name: "original_of_received",
    sql: "SELECT sender_message_id FROM messages \
          WHERE chat_room_id = ? AND sender_id <> ? AND partner_message_id = ? \
          ORDER BY created_at DESC LIMIT 1",
    indexes: &["idx_chat_room_created"],
};

/// A room by its id.
pub(crate) const ROOM: Query = Query {
    name: "room",
    sql: "SELECT id, user1_id, user2_id FROM chat_rooms WHERE id = ?",
    indexes: &["PRIMARY"],
};

/// The last finished room of a user who is the first of its two.
pub(crate) const LAST_ROOM_AS_FIRST: Query = Query {
    name: "last_room_as_first",
    sql: "SELECT id, user1_id, user2_id FROM chat_rooms WHERE is_active = 0 AND user1_id = ? \
          ORDER BY started_at DESC LIMIT 1",
    indexes: &["idx_active_chat"],
};

/// The last finished room of a user who is the second of its two.
pub(crate) const LAST_ROOM_AS_SECOND: Query = Query {
    name: "last_room_as_second",
    sql: "SELECT id, user1_id, user2_id FROM chat_rooms WHERE is_active = 0 AND user2_id = ? \
          ORDER BY started_at DESC LIMIT 1",
    indexes: &["idx_active_chat_second"],
};

/// The messages of a room since some time.
pub(crate) const MESSAGES_OF_ROOM: Query = Query {
    name: "messages_of_room",
    sql: "SELECT sender_id, bot_id, sender_message_id, partner_message_id FROM messages \
          WHERE chat_room_id = ? AND created_at >= ? ORDER BY created_at",
    indexes: &["idx_chat_room_created"],
};

/// How many rooms run.
pub(crate) const COUNT_ACTIVE_ROOMS: Query = Query {
    name: "count_active_rooms",
    sql: "SELECT COUNT(*) FROM chat_rooms WHERE is_active = 1",
    indexes: &["idx_active_chat", "idx_active_chat_second"],
};

/// How many users there are.
pub(crate) const COUNT_USERS: Query =
    Query { name: "count_users", sql: "SELECT COUNT(*) FROM users", indexes: &[] };

/// How many rooms there were.
pub(crate) const COUNT_ROOMS: Query =
    Query { name: "count_rooms", sql: "SELECT COUNT(*) FROM chat_rooms", indexes: &[] };

/// How many messages there were.
pub(crate) const COUNT_MESSAGES: Query =
    Query { name: "count_messages", sql: "SELECT COUNT(*) FROM messages", indexes: &[] };

/// The applied migrations.
pub(crate) const APPLIED: Query = Query {
    name: "applied_migrations",
    sql: "SELECT version, checksum FROM hamdam_migrations ORDER BY version",
    indexes: &["PRIMARY"],
};

/// Whether anybody is there.
pub(crate) const PING: Query = Query { name: "ping", sql: "SELECT 1", indexes: &[] };

/// Every query that reads.
pub const QUERIES: &[Query] = &[
    USER,
    BLOCKS,
    ACTIVE_ROOMS,
    COPY_OF_WRITTEN,
    ORIGINAL_OF_RECEIVED,
    ROOM,
    LAST_ROOM_AS_FIRST,
    LAST_ROOM_AS_SECOND,
    MESSAGES_OF_ROOM,
    COUNT_ACTIVE_ROOMS,
    COUNT_USERS,
    COUNT_ROOMS,
    COUNT_MESSAGES,
    APPLIED,
    PING,
];

/// Names of the statements that write.
pub(crate) mod write {
    pub(crate) const USERS: &str = "write_users";
    pub(crate) const WISHES: &str = "write_wishes";
    pub(crate) const ROOMS: &str = "write_rooms";
    pub(crate) const MESSAGES: &str = "write_messages";
}
