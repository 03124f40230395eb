-- One row that instances with replicas keep writing: how old it is on a replica is how far that one lags.

CREATE TABLE IF NOT EXISTS replica_beats (
    id      TINYINT NOT NULL,
    beat_at BIGINT  NOT NULL COMMENT 'by the clock of the primary',
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
