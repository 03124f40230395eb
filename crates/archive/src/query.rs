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

/// One user by Telegram id, and what stayed of them when they were forgotten, by their pseudonym. Wishes of another version of the profile are none: they were taken back since.
pub(crate) const USER: Query = Query {
    name: "user",
    sql: "SELECT language, bot_id, unreachable, banned_until, facts, wants, users.telegram_id FROM users \
          LEFT JOIN user_wishes ON user_wishes.telegram_id = users.telegram_id \
            AND user_wishes.profile_version = users.profile_version \
          WHERE users.telegram_id IN (?, ?)",
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

/// Running rooms per page.
pub(crate) const RUNNING_PAGE: usize = 1_000;

/// Running rooms in the order of their first user, from one on; [`RUNNING_PAGE`] of them.
pub(crate) const RUNNING_ROOMS: Query = Query {
    name: "running_rooms",
    sql: "SELECT id, user1_id, user2_id, started_at FROM chat_rooms \
          WHERE is_active = 1 AND user1_id >= ? ORDER BY user1_id, user2_id LIMIT 1000",
    indexes: &["idx_active_chat"],
};

/// What was relayed in a room, per writer and bot: the newest update, and how many to the addressee. Like all that names a
/// room it says since when there can be messages: servers with partitions leave out the older ones.
pub(crate) const RELAYED_IN: Query = Query {
    name: "relayed_in",
    sql: "SELECT sender_id, bot_id, MAX(update_id), CAST(MAX(sequence) AS SIGNED), MAX(created_at) FROM messages \
          WHERE chat_room_id = ? AND created_at >= ? GROUP BY sender_id, bot_id",
    indexes: &["idx_chat_room_created"],
};

/// The copy of a message the user wrote. Newest first: what people answer to is seldom old.
pub(crate) const COPY_OF_WRITTEN: Query = Query {
    name: "copy_of_written",
    sql: "SELECT partner_message_id FROM messages \
          WHERE chat_room_id = ? AND created_at >= ? AND sender_id = ? AND sender_message_id = ? \
            AND partner_message_id IS NOT NULL \
          ORDER BY created_at DESC LIMIT 1",
    indexes: &["idx_chat_room_created"],
};

/// The original of a message the user received.
pub(crate) const ORIGINAL_OF_RECEIVED: Query = Query {
    name: "original_of_received",
    sql: "SELECT sender_message_id FROM messages \
          WHERE chat_room_id = ? AND created_at >= ? AND sender_id <> ? AND partner_message_id = ? \
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

/// The same where they are the second.
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

/// The payment of a charge.
pub(crate) const PAYMENT: Query = Query {
    name: "payment",
    sql: "SELECT telegram_id, bot_id, stars, days, is_monthly, paid_at, returned_at FROM payments WHERE charge_id = ?",
    indexes: &["PRIMARY"],
};

/// What a user paid.
pub(crate) const PAYMENTS: Query = Query {
    name: "payments",
    sql: "SELECT charge_id, days, paid_at, returned_at FROM payments WHERE telegram_id = ? ORDER BY charge_id",
    indexes: &["idx_payment_user"],
};

/// Users in the order of their ids, with all that tells whether a broadcast is for them.
pub(crate) const MEMBERS: Query = Query {
    name: "members",
    sql: "SELECT users.telegram_id, language, bot_id, unreachable, banned_until, created_at, facts FROM users \
          LEFT JOIN user_wishes ON user_wishes.telegram_id = users.telegram_id \
            AND user_wishes.profile_version = users.profile_version \
          WHERE users.telegram_id > ? ORDER BY users.telegram_id LIMIT ?",
    indexes: &["idx_telegram_id", "PRIMARY"],
};

/// The last broadcasts.
pub(crate) const BROADCASTS: Query = Query {
    name: "broadcasts",
    sql: "SELECT number, begun_at, begun_by, segment, kind, course, over_at, queued, sent, unreachable, failed, dropped \
          FROM broadcasts ORDER BY begun_at DESC, number DESC LIMIT 20",
    indexes: &[],
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

/// How many reports nobody decided.
pub(crate) const OPEN_REPORTS: Query = Query {
    name: "open_reports",
    sql: "SELECT COUNT(*) FROM reports WHERE settled_at IS NULL",
    indexes: &[],
};

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

/// The newest beat, on the primary or as far as it came to a replica.
pub(crate) const BEAT: Query = Query { name: "beat", sql: "SELECT beat_at FROM replica_beats", indexes: &[] };
/// When somebody came first, and changed last.
pub(crate) const DOSSIER_USER: Query = Query {
    name: "dossier_user",
    sql: "SELECT created_at, updated_at FROM users WHERE telegram_id = ?",
    indexes: &["idx_telegram_id"],
};

/// When somebody blocked others.
pub(crate) const DOSSIER_BLOCKS: Query = Query {
    name: "dossier_blocks",
    sql: "SELECT created_at FROM blocks WHERE blocker_id = ? AND is_active = 1 ORDER BY created_at",
    indexes: &["PRIMARY"],
};

/// By which link somebody came.
pub(crate) const DOSSIER_ARRIVAL: Query = Query {
    name: "dossier_arrival",
    sql: "SELECT source, arrived_at FROM arrivals WHERE telegram_id = ?",
    indexes: &["PRIMARY"],
};

/// The rooms of a user, on either side, ended or not.
pub(crate) const DOSSIER_ROOMS: Query = Query {
    name: "dossier_rooms",
    sql: "SELECT id, started_at, ended_at, ended_by FROM chat_rooms WHERE is_active = 0 AND user1_id = ? \
          UNION ALL \
          SELECT id, started_at, ended_at, ended_by FROM chat_rooms WHERE is_active = 0 AND user2_id = ? \
          UNION ALL \
          SELECT id, started_at, ended_at, ended_by FROM chat_rooms WHERE is_active = 1 AND user1_id = ? \
          UNION ALL \
          SELECT id, started_at, ended_at, ended_by FROM chat_rooms WHERE is_active = 1 AND user2_id = ?",
    indexes: &["idx_active_chat", "idx_active_chat_second"],
};

/// What a user wrote, room by room: messages are found by their room, and rooms by the user.
pub(crate) const DOSSIER_MESSAGES: Query = Query {
    name: "dossier_messages",
    sql: "SELECT m.chat_room_id, m.created_at, m.kind, m.sender_message_id FROM chat_rooms AS r CROSS JOIN messages AS m \
          WHERE r.is_active = 0 AND r.user1_id = ? AND m.chat_room_id = r.id AND m.sender_id = r.user1_id \
          UNION ALL \
          SELECT m.chat_room_id, m.created_at, m.kind, m.sender_message_id FROM chat_rooms AS r CROSS JOIN messages AS m \
          WHERE r.is_active = 0 AND r.user2_id = ? AND m.chat_room_id = r.id AND m.sender_id = r.user2_id \
          UNION ALL \
          SELECT m.chat_room_id, m.created_at, m.kind, m.sender_message_id FROM chat_rooms AS r CROSS JOIN messages AS m \
          WHERE r.is_active = 1 AND r.user1_id = ? AND m.chat_room_id = r.id AND m.sender_id = r.user1_id \
          UNION ALL \
          SELECT m.chat_room_id, m.created_at, m.kind, m.sender_message_id FROM chat_rooms AS r CROSS JOIN messages AS m \
          WHERE r.is_active = 1 AND r.user2_id = ? AND m.chat_room_id = r.id AND m.sender_id = r.user2_id",
    indexes: &["idx_active_chat", "idx_active_chat_second", "idx_chat_room_created"],
};

/// What somebody reported.
pub(crate) const DOSSIER_REPORTS: Query = Query {
    name: "dossier_reports",
    sql: "SELECT reason, created_at FROM reports WHERE reporter_id = ? ORDER BY created_at",
    indexes: &["idx_report_reporter"],
};

/// How somebody was banned.
pub(crate) const DOSSIER_BANS: Query = Query {
    name: "dossier_bans",
    sql: "SELECT created_at, banned_until, lifted_at FROM bans WHERE telegram_id = ? ORDER BY created_at",
    indexes: &["idx_ban_user"],
};

/// The rooms of a user from one on, with both users.
pub(crate) const TRACES_ROOMS: Query = Query {
    name: "traces_rooms",
    sql: "SELECT id, user1_id, user2_id FROM chat_rooms WHERE is_active = 0 AND user1_id = ? AND id >= ? \
          UNION ALL \
          SELECT id, user1_id, user2_id FROM chat_rooms WHERE is_active = 0 AND user2_id = ? AND id >= ? \
          UNION ALL \
          SELECT id, user1_id, user2_id FROM chat_rooms WHERE is_active = 1 AND user1_id = ? AND id >= ? \
          UNION ALL \
          SELECT id, user1_id, user2_id FROM chat_rooms WHERE is_active = 1 AND user2_id = ? AND id >= ?",
    indexes: &["idx_active_chat", "idx_active_chat_second"],
};

/// Who blocked a user.
pub(crate) const TRACES_BLOCKERS: Query = Query {
    name: "traces_blockers",
    sql: "SELECT blocker_id FROM blocks WHERE blocked_id = ?",
    indexes: &["idx_block_blocked"],
};

/// Reports of a user and about them.
pub(crate) const TRACES_REPORTS: Query = Query {
    name: "traces_reports",
    sql: "SELECT bot_id, update_id FROM reports WHERE reporter_id = ? \
          UNION ALL SELECT bot_id, update_id FROM reports WHERE reported_id = ?",
    indexes: &["idx_report_reporter", "idx_report_reported"],
};

/// Who blocks somebody, by their pseudonym.
pub(crate) const BLOCKERS: Query = Query {
    name: "blockers",
    sql: "SELECT blocker_id FROM blocks WHERE blocked_id = ? AND is_active = 1 ORDER BY blocker_id",
    indexes: &["idx_block_blocked"],
};

/// Who is forgotten since a time or later.
pub(crate) const FORGOTTEN: Query = Query {
    name: "forgotten",
    sql: "SELECT pseudonym, forgotten_at FROM forgotten WHERE forgotten_at >= ?",
    indexes: &["idx_forgotten_at"],
};

/// The oldest forgettings from before a time.
pub(crate) const OLD_FORGOTTEN: Query = Query {
    name: "old_forgotten",
    sql: "SELECT forgotten_at FROM forgotten WHERE forgotten_at < ? ORDER BY forgotten_at LIMIT ?",
    indexes: &["idx_forgotten_at"],
};

/// The oldest messages from before a time.
pub(crate) const OLD_MESSAGES: Query = Query {
    name: "old_messages",
    sql: "SELECT created_at FROM messages WHERE created_at < ? ORDER BY created_at LIMIT ?",
    indexes: &["PRIMARY"],
};

/// The oldest rooms made before one, that ended before a time. Their ids come in the order of their making.
pub(crate) const OLD_ROOMS: Query = Query {
    name: "old_rooms",
    sql: "SELECT id FROM chat_rooms WHERE id < ? AND ended_at < ? ORDER BY id LIMIT ?",
    indexes: &["PRIMARY"],
};

/// The oldest reports from before a time.
pub(crate) const OLD_REPORTS: Query = Query {
    name: "old_reports",
    sql: "SELECT created_at FROM reports WHERE created_at < ? ORDER BY created_at LIMIT ?",
    indexes: &["idx_report_created"],
};

/// The oldest arrivals from before a time.
pub(crate) const OLD_ARRIVALS: Query = Query {
    name: "old_arrivals",
    sql: "SELECT arrived_at FROM arrivals WHERE arrived_at < ? ORDER BY arrived_at LIMIT ?",
    indexes: &["idx_arrival_at"],
};

/// The oldest ratings from before a time.
pub(crate) const OLD_RATINGS: Query = Query {
    name: "old_ratings",
    sql: "SELECT rated_at FROM ratings WHERE rated_at < ? ORDER BY rated_at LIMIT ?",
    indexes: &["idx_rating_at"],
};

/// How somebody said their chats were.
pub(crate) const DOSSIER_RATINGS: Query = Query {
    name: "dossier_ratings",
    sql: "SELECT is_good, rated_at FROM ratings WHERE rater_id = ? ORDER BY rated_at",
    indexes: &["idx_rating_rater"],
};

/// The applied migrations.
pub(crate) const APPLIED: Query = Query {
    name: "applied_migrations",
    sql: "SELECT version, checksum FROM hamdam_migrations ORDER BY version",
    indexes: &["PRIMARY"],
};

/// What this database was told of its place in a record on several.
pub(crate) const PLACE: Query =
    Query { name: "place", sql: "SELECT record, place, places FROM record_places", indexes: &[] };

/// Whether there is any room or message.
pub(crate) const HAS_ROOMS: Query = Query {
    name: "has_rooms",
    sql: "SELECT EXISTS (SELECT 1 FROM chat_rooms) OR EXISTS (SELECT 1 FROM messages)",
    indexes: &[],
};

/// A name that no other record has. On MySQL and MariaDB alone.
pub(crate) const NEW_RECORD: Query =
    Query { name: "new_record", sql: "SELECT CONVERT(UUID() USING utf8mb4)", indexes: &[] };

/// Whether anybody is there.
pub(crate) const PING: Query = Query { name: "ping", sql: "SELECT 1", indexes: &[] };

/// How a server is set, as this session has it. On MySQL and MariaDB alone, as the three after it.
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

/// The partitions of messages, oldest first: name, end, rows, and the server's time.
pub(crate) const PARTITIONS: Query = Query {
    name: "partitions",
    sql: "SELECT CONVERT(PARTITION_NAME USING utf8mb4), CONVERT(PARTITION_DESCRIPTION USING utf8mb4), \
          CAST(TABLE_ROWS AS SIGNED), CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) \
          FROM information_schema.PARTITIONS \
          WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'messages' AND PARTITION_NAME IS NOT NULL \
          ORDER BY PARTITION_ORDINAL_POSITION",
    indexes: &[],
};

/// Every query that reads.
pub const QUERIES: &[Query] = &[
    USER,
    BLOCKS,
    ACTIVE_ROOMS,
    RUNNING_ROOMS,
    RELAYED_IN,
    COPY_OF_WRITTEN,
    ORIGINAL_OF_RECEIVED,
    ROOM,
    LAST_ROOM_AS_FIRST,
    LAST_ROOM_AS_SECOND,
    MESSAGES_OF_ROOM,
    DECISIONS,
    REPORTS_ABOUT,
    PAYMENT,
    PAYMENTS,
    OPEN_REPORTS,
    MEMBERS,
    BROADCASTS,
    COUNT_ACTIVE_ROOMS,
    COUNT_USERS,
    COUNT_ROOMS,
    COUNT_MESSAGES,
    NEWCOMERS,
    ARRIVALS,
    BEAT,
    DOSSIER_USER,
    DOSSIER_BLOCKS,
    DOSSIER_ARRIVAL,
    DOSSIER_ROOMS,
    DOSSIER_MESSAGES,
    DOSSIER_REPORTS,
    DOSSIER_BANS,
    OLD_MESSAGES,
    OLD_ROOMS,
    OLD_REPORTS,
    OLD_ARRIVALS,
    OLD_RATINGS,
    DOSSIER_RATINGS,
    OLD_FORGOTTEN,
    TRACES_ROOMS,
    TRACES_BLOCKERS,
    TRACES_REPORTS,
    BLOCKERS,
    FORGOTTEN,
    APPLIED,
    PLACE,
    HAS_ROOMS,
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
    pub(crate) const RATINGS: &str = "write_ratings";
    pub(crate) const DECISIONS: &str = "write_decisions";
    pub(crate) const BANS: &str = "write_bans";
    pub(crate) const LIFTED_BANS: &str = "write_lifted_bans";
    pub(crate) const BROADCASTS: &str = "write_broadcasts";
    pub(crate) const UNREACHABLE: &str = "write_unreachable";
    pub(crate) const ARRIVALS: &str = "write_arrivals";
    pub(crate) const DROP_MESSAGES: &str = "drop_messages";
    pub(crate) const DROP_ROOMS: &str = "drop_rooms";
    pub(crate) const DROP_REPORTS: &str = "drop_reports";
    pub(crate) const DROP_ARRIVALS: &str = "drop_arrivals";
    pub(crate) const DROP_RATINGS: &str = "drop_ratings";
    pub(crate) const DROP_FORGOTTEN: &str = "drop_forgotten";
    pub(crate) const FORGOTTEN: &str = "write_forgotten";
    pub(crate) const TURN: &str = "turn_partitions";
    pub(crate) const SWEEP: &str = "sweep";
    pub(crate) const PAYMENTS: &str = "write_payments";
    pub(crate) const PLACE: &str = "write_place";
}
