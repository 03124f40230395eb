-- A record on SQLite is one file; the table is here so that both schemas are one.

CREATE TABLE IF NOT EXISTS record_places (
    id     INTEGER NOT NULL PRIMARY KEY,
    record TEXT    NOT NULL,
    place  INTEGER NOT NULL,
    places INTEGER NOT NULL
);
