-- Payments in Telegram Stars, as on MySQL.

CREATE TABLE IF NOT EXISTS payments (
    charge_id   TEXT    PRIMARY KEY,
    telegram_id INTEGER NOT NULL,
    bot_id      INTEGER NOT NULL,
    stars       INTEGER NOT NULL,
    days        INTEGER NOT NULL,
    is_monthly  INTEGER NOT NULL,
    paid_at     INTEGER NULL,
    returned_at INTEGER NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS idx_payment_user ON payments (telegram_id, paid_at);
