-- SQLite has no partitions: what is too old is deleted by row.
SELECT 1;
