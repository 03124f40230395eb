-- How people said it was with whom they met, as on MySQL.

CREATE TABLE IF NOT EXISTS ratings (
    chat_room_id INTEGER NOT NULL,
    rater_id     INTEGER NOT NULL,
    rated_id     INTEGER NOT NULL,
    is_good      INTEGER NOT NULL,
    rated_at     INTEGER NOT NULL,
    PRIMARY KEY (chat_room_id, rater_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS idx_rating_rated ON ratings (rated_id, rated_at);
CREATE INDEX IF NOT EXISTS idx_rating_rater ON ratings (rater_id);
CREATE INDEX IF NOT EXISTS idx_rating_at ON ratings (rated_at);
