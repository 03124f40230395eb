-- What was sent to many, as on MySQL.

CREATE TABLE IF NOT EXISTS broadcasts (
    begun_at    INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    begun_by    INTEGER NULL,
    segment     TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    course      TEXT    NOT NULL,
    over_at     INTEGER NULL,
    queued      INTEGER NOT NULL,
    sent        INTEGER NOT NULL,
    unreachable INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    dropped     INTEGER NOT NULL,
    PRIMARY KEY (begun_at, number)
) STRICT, WITHOUT ROWID;
