-- What users are and whom they want to meet, as on MySQL.

CREATE TABLE IF NOT EXISTS user_wishes (
    telegram_id     INTEGER PRIMARY KEY,
    facts           TEXT    NOT NULL,
    wants           TEXT    NOT NULL,
    profile_version INTEGER NOT NULL
) STRICT;
