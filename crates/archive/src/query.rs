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

/// What was decided about a user.
pub(crate) const DECISIONS: Query = Query {
    name: "decisions",
    sql: "SELECT verdict, until_at, decided_by, reason, case_id, created_at FROM decisions \
          WHERE telegram_id = ? ORDER BY created_at, id",
    indexes: &["idx_decision_user"],
};

/// How often a user was reported.
pub(crate) const REPORTS_ABOUT: Query = Query {
    name: "reports_about",
    sql: "SELECT COUNT(*) FROM reports WHERE reported_id = ?",
    indexes: &["idx_report_reported"],
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

/// How many newcomers came by a link.
pub(crate) const NEWCOMERS: Query = Query {
    name: "newcomers",
    sql: "SELECT COUNT(*) FROM arrivals WHERE source = ? AND is_new = 1",
    indexes: &["idx_arrival_source"],
};

/// How many people came by each link, and how many of them were new.
pub(crate) const ARRIVALS: Query = Query {
    name: "arrivals",
    sql: "SELECT source, COUNT(*) AS arrived, COUNT(CASE WHEN is_new = 1 THEN 1 END) FROM arrivals GROUP BY source ORDER BY arrived DESC, source",
    indexes: &["idx_arrival_source"],
};

/// The applied migrations.
pub(crate) const APPLIED: Query = Query {
    name: "applied_migrations",
    sql: "SELECT version, checksum FROM hamdam_migrations ORDER BY version",
    indexes: &["PRIMARY"],
};

/// Whether anybody is there.
pub(crate) const PING: Query = Query { name: "ping", sql: "SELECT 1", indexes: &[] };

/// How a server is set, as this session has it. On MySQL and MariaDB alone, as the two after it.
pub(crate) const VARIABLES: Query = Query {
    name: "variables",
    sql: "SHOW SESSION VARIABLES WHERE Variable_name IN ('version', 'version_comment', 'max_connections', \
          'transaction_isolation', 'tx_isolation', 'time_zone', 'character_set_connection', 'character_set_database', \
          'sql_mode', 'innodb_flush_log_at_trx_commit', 'read_only')",
    indexes: &[],
};

/// How many connections a server has.
pub(crate) const CONNECTIONS: Query =
    Query { name: "connections", sql: "SHOW GLOBAL STATUS LIKE 'Threads_connected'", indexes: &[] };

/// Every index of this database, with its table.
pub(crate) const INDEXES: Query = Query {
    name: "indexes",
    sql: "SELECT DISTINCT CONVERT(INDEX_NAME USING utf8mb4), CONVERT(TABLE_NAME USING utf8mb4) \
          FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()",
    indexes: &[],
};

/// Every query that reads.
pub const QUERIES: &[Query] = &[
    USER,
    BLOCKS,
    ACTIVE_ROOMS,
    COPY_OF_WRITTEN,
    ORIGINAL_OF_RECEIVED,
    DECISIONS,
    REPORTS_ABOUT,
    COUNT_ACTIVE_ROOMS,
    COUNT_USERS,
    COUNT_ROOMS,
    COUNT_MESSAGES,
    NEWCOMERS,
    ARRIVALS,
    APPLIED,
    PING,
];

/// Names of the statements that write.
pub(crate) mod write {
    pub(crate) const USERS: &str = "write_users";
    pub(crate) const WISHES: &str = "write_wishes";
    pub(crate) const ROOMS: &str = "write_rooms";
    pub(crate) const MESSAGES: &str = "write_messages";
    pub(crate) const BLOCKS: &str = "write_blocks";
    pub(crate) const REPORTS: &str = "write_reports";
    pub(crate) const DECISIONS: &str = "write_decisions";
    pub(crate) const BANS: &str = "write_bans";
    pub(crate) const LIFTED_BANS: &str = "write_lifted_bans";
    pub(crate) const ARRIVALS: &str = "write_arrivals";
}
