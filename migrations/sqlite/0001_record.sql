-- The record on SQLite: the same tables, columns and indexes as on MySQL, where their meaning is told.

CREATE TABLE IF NOT EXISTS users (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    telegram_id     INTEGER NOT NULL,
    language        TEXT    NOT NULL,
    bot_id          INTEGER NOT NULL,
    unreachable     INTEGER NOT NULL DEFAULT 0,
    banned_until    INTEGER NULL,
    profile_version INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS idx_telegram_id ON users (telegram_id);

CREATE TABLE IF NOT EXISTS chat_rooms (
    id         INTEGER PRIMARY KEY,
    user1_id   INTEGER NOT NULL,
    user2_id   INTEGER NOT NULL,
    is_active  INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER NULL,
    ended_by   INTEGER NULL,
    end_reason TEXT    NULL
) STRICT;
CREATE INDEX IF NOT EXISTS idx_active_chat ON chat_rooms (is_active, user1_id, user2_id);
CREATE INDEX IF NOT EXISTS idx_active_chat_second ON chat_rooms (is_active, user2_id);

CREATE TABLE IF NOT EXISTS messages (
    chat_room_id       INTEGER NOT NULL,
    bot_id             INTEGER NOT NULL,
    update_id          INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    sequence           INTEGER NOT NULL,
    sender_id          INTEGER NOT NULL,
    kind               TEXT    NOT NULL,
    sender_message_id  INTEGER NOT NULL,
    partner_message_id INTEGER NULL, -- NULL: begun, and the outcome was never learned
    PRIMARY KEY (created_at, chat_room_id, bot_id, update_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS idx_chat_room_created ON messages (chat_room_id, created_at);

CREATE TABLE IF NOT EXISTS bans (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    telegram_id  INTEGER NOT NULL,
    banned_until INTEGER NOT NULL,
    banned_by    INTEGER NULL,
    reason       TEXT    NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    lifted_at    INTEGER NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS idx_ban_user ON bans (telegram_id, created_at);

CREATE TABLE IF NOT EXISTS blocks (
    blocker_id INTEGER NOT NULL,
    blocked_id INTEGER NOT NULL,
    is_active  INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS reports (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_room_id INTEGER NOT NULL,
    bot_id       INTEGER NOT NULL,
    update_id    INTEGER NOT NULL,
    reporter_id  INTEGER NOT NULL,
    reported_id  INTEGER NOT NULL,
    reason       TEXT    NOT NULL DEFAULT '',
    evidence     TEXT    NULL,
    created_at   INTEGER NOT NULL,
    settled_at   INTEGER NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS idx_report_update ON reports (chat_room_id, bot_id, update_id);
CREATE INDEX IF NOT EXISTS idx_report_reported ON reports (reported_id, created_at);
