-- SQLite has no replicas; the table is here so that both schemas are one.

CREATE TABLE IF NOT EXISTS replica_beats (
    id      INTEGER NOT NULL PRIMARY KEY,
    beat_at INTEGER NOT NULL
);
