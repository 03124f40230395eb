-- Payments in Telegram Stars, each once. What was paid and what went back may be told in either order.

CREATE TABLE IF NOT EXISTS payments (
    charge_id   VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'telegram_payment_charge_id',
    telegram_id BIGINT       NOT NULL COMMENT 'who paid',
    bot_id      BIGINT       NOT NULL COMMENT 'the bot that was paid, which alone can give it back',
    stars       INT          NOT NULL,
    days        INT          NOT NULL COMMENT 'that it gives; 0: nobody knows what it was for',
    is_monthly  TINYINT      NOT NULL COMMENT 'of a subscription',
    paid_at     BIGINT       NULL COMMENT 'NULL: only that it went back was told',
    returned_at BIGINT       NULL,
    PRIMARY KEY (charge_id),
    KEY idx_payment_user (telegram_id, paid_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
