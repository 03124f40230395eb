-- What was sent to many: a row for each broadcast, written when it begins and when it is over. What is said is not kept.

CREATE TABLE IF NOT EXISTS broadcasts (
    begun_at    BIGINT       NOT NULL,
    number      INT          NOT NULL COMMENT 'counted by live state, from 1 again if that is lost',
    begun_by    BIGINT       NULL COMMENT 'Telegram id of the administrator; NULL: on the command line',
    segment     VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'language,bot,gender,country,days',
    kind        VARCHAR(32)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'of the message',
    course      VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    over_at     BIGINT       NULL,
    queued      BIGINT       NOT NULL,
    sent        BIGINT       NOT NULL,
    unreachable BIGINT       NOT NULL,
    failed      BIGINT       NOT NULL,
    dropped     BIGINT       NOT NULL,
    PRIMARY KEY (begun_at, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
