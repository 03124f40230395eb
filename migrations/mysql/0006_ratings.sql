-- How people said it was with whom they met: a row for each who said it of a room, the newest word wins.

CREATE TABLE IF NOT EXISTS ratings (
    chat_room_id BIGINT  NOT NULL,
    rater_id     BIGINT  NOT NULL COMMENT 'Telegram id of who says it',
    rated_id     BIGINT  NOT NULL COMMENT 'Telegram id of whom it is about',
    is_good      TINYINT NOT NULL,
    rated_at     BIGINT  NOT NULL,
    PRIMARY KEY (chat_room_id, rater_id),
    KEY idx_rating_rated (rated_id, rated_at),
    KEY idx_rating_rater (rater_id),
    KEY idx_rating_at (rated_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
