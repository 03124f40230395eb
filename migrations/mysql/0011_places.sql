-- Where a record lies on several databases (MYSQL_SHARD_URLS), each has a row that says which of them it is: rooms are found
-- by it, so it never changes. A record on one database has none. See crates/archive/src/places.rs.

CREATE TABLE IF NOT EXISTS record_places (
    id     TINYINT      NOT NULL COMMENT 'always 1',
    record VARCHAR(36)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the same in all of them, and in no others',
    place  INT          NOT NULL COMMENT 'which one, from 0',
    places INT          NOT NULL COMMENT 'of how many',
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
