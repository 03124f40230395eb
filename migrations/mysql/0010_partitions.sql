-- messages in partitions by time, so that what is too old is dropped and not deleted. What they are for, and who makes and
-- drops them from now on, is told in crates/archive/src/partitions.rs.
--
-- No row is lost: those from before the first cut lie in the first partition, those beyond the last one in pmax. A day
-- has a partition from the oldest message on, though not for more than 120 days back, and for the next seven days.
--
-- What it costs: the server copies the table. That needs as much room again on its disk, and takes as long as loading that
-- many rows. Meanwhile messages can be read and not written; chats go on and the journal waits in Redis, so on a table of
-- many millions this belongs into a quiet hour. A table that is partitioned already is left as it is: an online tool
-- (gh-ost, pt-online-schema-change) may do the same beforehand, beside the running fleet, with what `SELECT @make` shows
-- behind the statements below down to PREPARE.

SET @partitioned = (SELECT COUNT(*) FROM information_schema.PARTITIONS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'messages' AND PARTITION_NAME IS NOT NULL);
-- Days since 1970, UTC. This server's clock says where the first cuts lie, and nothing else.
SET @today = UNIX_TIMESTAMP() DIV 86400;
SET @oldest = GREATEST(@today - 120, LEAST(@today, (SELECT COALESCE(MIN(created_at) DIV 86400000, @today) FROM messages)));
SET SESSION group_concat_max_len = 65536;
SET @days = (WITH RECURSIVE days AS
    (SELECT CAST(@oldest AS SIGNED) + 1 AS day UNION ALL SELECT day + 1 FROM days WHERE day < @today + 7)
    SELECT GROUP_CONCAT('PARTITION before_', DATE_FORMAT(DATE_ADD('1970-01-01', INTERVAL day DAY), '%Y%m%d'),
        ' VALUES LESS THAN (', day * 86400000, ')' ORDER BY day SEPARATOR ', ') FROM days);
SET @make = IF(@partitioned, 'DO 0', CONCAT('ALTER TABLE messages PARTITION BY RANGE (created_at) (',
    @days, ', PARTITION pmax VALUES LESS THAN MAXVALUE)'));
PREPARE make FROM @make;
EXECUTE make;
DEALLOCATE PREPARE make;
