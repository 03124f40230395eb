-- By which link people came first, as on MySQL.

CREATE TABLE IF NOT EXISTS arrivals (
    telegram_id INTEGER PRIMARY KEY,
    source      TEXT    NOT NULL,
    arrived_at  INTEGER NOT NULL,
    is_new      INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS idx_arrival_source ON arrivals (source, is_new);
