-- What people may ask for, and what goes with age.
--
-- Who was forgotten, by pseudonym: a keyed hash of the Telegram id, negative, so that it is nobody's id. Facts that are
-- older and come later are told from those of somebody who came back. A pseudonym stands in place of the id wherever the
-- safety of others needs a row: bans, blocks, reports, decisions.
CREATE TABLE IF NOT EXISTS forgotten (
    pseudonym    BIGINT NOT NULL,
    forgotten_at BIGINT NOT NULL COMMENT 'for the last time',
    PRIMARY KEY (pseudonym),
    KEY idx_forgotten_at (forgotten_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Indexes of tables that are there already, each made if it is not: no common subset of MySQL 8 and MariaDB says that.
SET @present = (SELECT COUNT(*) FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'blocks' AND INDEX_NAME = 'idx_block_blocked');
SET @make = IF(@present, 'DO 0', 'CREATE INDEX idx_block_blocked ON blocks (blocked_id)');
PREPARE make FROM @make;
EXECUTE make;
DEALLOCATE PREPARE make;

SET @present = (SELECT COUNT(*) FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'reports' AND INDEX_NAME = 'idx_report_reporter');
SET @make = IF(@present, 'DO 0', 'CREATE INDEX idx_report_reporter ON reports (reporter_id, created_at)');
PREPARE make FROM @make;
EXECUTE make;
DEALLOCATE PREPARE make;

SET @present = (SELECT COUNT(*) FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'reports' AND INDEX_NAME = 'idx_report_created');
SET @make = IF(@present, 'DO 0', 'CREATE INDEX idx_report_created ON reports (created_at)');
PREPARE make FROM @make;
EXECUTE make;
DEALLOCATE PREPARE make;

SET @present = (SELECT COUNT(*) FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'arrivals' AND INDEX_NAME = 'idx_arrival_at');
SET @make = IF(@present, 'DO 0', 'CREATE INDEX idx_arrival_at ON arrivals (arrived_at)');
PREPARE make FROM @make;
EXECUTE make;
DEALLOCATE PREPARE make;

SET @present = (SELECT COUNT(*) FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'decisions' AND INDEX_NAME = 'idx_decision_by');
SET @make = IF(@present, 'DO 0', 'CREATE INDEX idx_decision_by ON decisions (decided_by)');
PREPARE make FROM @make;
EXECUTE make;
DEALLOCATE PREPARE make;

SET @present = (SELECT COUNT(*) FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'bans' AND INDEX_NAME = 'idx_ban_by');
SET @make = IF(@present, 'DO 0', 'CREATE INDEX idx_ban_by ON bans (banned_by)');
PREPARE make FROM @make;
EXECUTE make;
DEALLOCATE PREPARE make;
