-- By which link people came first: a row for each who came by a counted one, the earliest wins.

CREATE TABLE IF NOT EXISTS arrivals (
    telegram_id BIGINT      NOT NULL,
    source      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'c_<campaign> or r_<invitation>',
    arrived_at  BIGINT      NOT NULL,
    is_new      TINYINT     NOT NULL COMMENT 'nobody knew them before',
    PRIMARY KEY (telegram_id),
    KEY idx_arrival_source (source, is_new)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
