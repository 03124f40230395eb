-- The audit trail of moderation: who decided what, when, about whom, and why. Rows are added and never changed.

CREATE TABLE IF NOT EXISTS decisions (
    id          BIGINT       NOT NULL AUTO_INCREMENT,
    telegram_id BIGINT       NOT NULL COMMENT 'about whom',
    verdict     VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    until_at    BIGINT       NULL COMMENT 'until when, if it lasts',
    decided_by  BIGINT       NULL COMMENT 'Telegram id of the moderator; NULL: on the command line',
    reason      VARCHAR(255) NOT NULL DEFAULT '' COMMENT 'in the words of an operator',
    case_id     VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'the case of the report it answers',
    created_at  BIGINT       NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY idx_decision_user (telegram_id, created_at, verdict)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
