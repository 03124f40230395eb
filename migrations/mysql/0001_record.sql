-- The record. Common subset of MySQL 8 and MariaDB 10.6+.
--
-- Every statement can be repeated, because DDL commits by itself: a migration that broke off is simply run again.
-- Times are BIGINT milliseconds since 1970 UTC, taken from the fact and never from this server's clock:
--   they compare without time zones, and both servers partition by RANGE (created_at) on them as they are.
--   FROM_UNIXTIME(created_at / 1000) reads them.
-- Users are named by their Telegram id everywhere: facts come from many shards in any order, so a room's row may
--   be here before its users' rows. users.id is for the tables of later days that want a small key.
-- No foreign keys: they forbid partitions and shards, and facts come in any order.
-- Room ids are 63 bits, time first, and made by the fleet: rows of one time lie together, on one server or on many.

CREATE TABLE IF NOT EXISTS users (
    id              BIGINT      NOT NULL AUTO_INCREMENT,
    telegram_id     BIGINT      NOT NULL,
    language        VARCHAR(8)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    bot_id          BIGINT      NOT NULL COMMENT 'the bot they last used',
    unreachable     TINYINT     NOT NULL DEFAULT 0 COMMENT 'they blocked the bot or deleted their account',
    banned_until    BIGINT      NULL,
    profile_version BIGINT      NOT NULL COMMENT 'the newest version wins',
    created_at      BIGINT      NOT NULL,
    updated_at      BIGINT      NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY idx_telegram_id (telegram_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS chat_rooms (
    id         BIGINT      NOT NULL,
    user1_id   BIGINT      NOT NULL COMMENT 'Telegram id, the smaller of the two',
    user2_id   BIGINT      NOT NULL COMMENT 'Telegram id, the greater of the two',
    is_active  TINYINT     NOT NULL,
    started_at BIGINT      NOT NULL,
    ended_at   BIGINT      NULL,
    ended_by   BIGINT      NULL COMMENT 'Telegram id, if a user ended it',
    end_reason VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
    PRIMARY KEY (id),
    KEY idx_active_chat (is_active, user1_id, user2_id),
    KEY idx_active_chat_second (is_active, user2_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- created_at is part of every unique key, so the table can be partitioned by it. A fact carries the same time however
-- often it comes, so uniqueness is still that of (room, bot, update). It stands first: rows come in about this order and
-- are appended, and what is older than the retention is one range. A room is read through its own index.
CREATE TABLE IF NOT EXISTS messages (
    chat_room_id       BIGINT       NOT NULL,
    bot_id             BIGINT       NOT NULL COMMENT 'the bot it was written to',
    update_id          BIGINT       NOT NULL COMMENT 'the update that brought it',
    created_at         BIGINT       NOT NULL,
    sequence           INT UNSIGNED NOT NULL COMMENT 'counts the messages to one addressee in the room, from 1',
    sender_id          BIGINT       NOT NULL COMMENT 'Telegram id',
    kind               VARCHAR(32)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    sender_message_id  BIGINT       NOT NULL,
    partner_message_id BIGINT       NULL COMMENT 'NULL: begun, and the outcome was never learned',
    PRIMARY KEY (created_at, chat_room_id, bot_id, update_id),
    KEY idx_chat_room_created (chat_room_id, created_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS bans (
    id           BIGINT       NOT NULL AUTO_INCREMENT,
    telegram_id  BIGINT       NOT NULL,
    banned_until BIGINT       NOT NULL,
    banned_by    BIGINT       NULL COMMENT 'Telegram id of the moderator',
    reason       VARCHAR(255) NOT NULL DEFAULT '',
    created_at   BIGINT       NOT NULL,
    lifted_at    BIGINT       NULL,
    PRIMARY KEY (id),
    UNIQUE KEY idx_ban_user (telegram_id, created_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- A lifted block stays as a row with its version: which of two changes is the newer one, whatever their order here.
CREATE TABLE IF NOT EXISTS blocks (
    blocker_id BIGINT  NOT NULL COMMENT 'Telegram id',
    blocked_id BIGINT  NOT NULL COMMENT 'Telegram id',
    is_active  TINYINT NOT NULL,
    version    BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS reports (
    id           BIGINT       NOT NULL AUTO_INCREMENT,
    chat_room_id BIGINT       NOT NULL,
    bot_id       BIGINT       NOT NULL COMMENT 'the bot it was made through',
    update_id    BIGINT       NOT NULL COMMENT 'the update that made it',
    reporter_id  BIGINT       NOT NULL COMMENT 'Telegram id',
    reported_id  BIGINT       NOT NULL COMMENT 'Telegram id',
    reason       VARCHAR(255) NOT NULL DEFAULT '',
    evidence     TEXT         NULL COMMENT 'content, only if the operator keeps it',
    created_at   BIGINT       NOT NULL,
    settled_at   BIGINT       NULL,
    PRIMARY KEY (id),
    UNIQUE KEY idx_report_update (chat_room_id, bot_id, update_id),
    KEY idx_report_reported (reported_id, created_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
