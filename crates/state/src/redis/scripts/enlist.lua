-- Gives a client its number.
-- KEYS   1 numbers given
-- Answer a number that no other client has
-- Cost   INCR
return redis.call('INCR', KEYS[1])
