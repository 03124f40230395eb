-- Counts a failure of an update.
-- KEYS   1 strikes of the update
-- ARGV   1 a name of this failure, so that one sent twice counts once
-- Answer how many there were within an hour of each other
-- Cost   SADD, EXPIRE, SCARD
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], 3600)
return redis.call('SCARD', KEYS[1])
