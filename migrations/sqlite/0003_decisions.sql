-- The audit trail of moderation, as on MySQL.

CREATE TABLE IF NOT EXISTS decisions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    telegram_id INTEGER NOT NULL,
    verdict     TEXT    NOT NULL,
    until_at    INTEGER NULL,
    decided_by  INTEGER NULL,
    reason      TEXT    NOT NULL DEFAULT '',
    case_id     TEXT    NULL,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS idx_decision_user ON decisions (telegram_id, created_at, verdict);
