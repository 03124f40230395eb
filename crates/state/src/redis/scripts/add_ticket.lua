-- Adds a ticket to its pool.
-- KEYS   1 order, 2 tickets, 3 gone, 4 changes, 5 matched, 6 asleep
-- ARGV   1 ticket, 2 attempt, 3 waiting since, 4 body
-- Answer 1 added, 0 it waits already, is in an intent, or left before
-- Keeps  nobody comes back through a late or repeated add
-- Cost   HGET, ZSCORE, HEXISTS, TIME, HSET, ZADD, XADD, DEL

-- include: clock
-- include: pool
return add(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
