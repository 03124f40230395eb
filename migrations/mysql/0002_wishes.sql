-- What users are and whom they want to meet: a row for each who told anything. JSON, as live state's tickets have it.
-- A table beside users and not columns of it, because no common subset of MySQL 8 and MariaDB adds a column that may be
-- there already.

CREATE TABLE IF NOT EXISTS user_wishes (
    telegram_id     BIGINT       NOT NULL,
    facts           VARCHAR(768) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    wants           VARCHAR(768) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    profile_version BIGINT       NOT NULL COMMENT 'the newest version wins; counts while it is that of the user',
    PRIMARY KEY (telegram_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
