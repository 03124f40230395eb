-- Accounts that may do no more than they need, for MySQL and MariaDB. Once, by an administrator, with passwords of your own:
--   mariadb < accounts.sql
-- On every server, where there are several databases (MYSQL_SHARD_URLS). “Access denied” with the right password, from the
-- machine of the server itself: it has an account without a name, which comes before '%'. DROP USER ''@'localhost'.
CREATE DATABASE IF NOT EXISTS hamdam CHARACTER SET utf8mb4;

-- `hamdam migrate` alone, once per release.
CREATE USER IF NOT EXISTS 'hamdam_migrate'@'%' IDENTIFIED BY 'password-of-migrate';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP ON hamdam.* TO 'hamdam_migrate'@'%';

-- The instances, and every other command.
CREATE USER IF NOT EXISTS 'hamdam_serve'@'%' IDENTIFIED BY 'password-of-serve';
GRANT SELECT, INSERT, UPDATE, DELETE ON hamdam.* TO 'hamdam_serve'@'%';
-- Partitions of messages are made ahead and dropped whole. Taken before the table is there, since CREATE is among it.
GRANT ALTER, CREATE, DROP ON hamdam.messages TO 'hamdam_serve'@'%';
