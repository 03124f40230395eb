-- Appends a change that says nothing to a pool's feed, so that the one before it is not the last and goes with its time.
-- KEYS   1 changes
-- ARGV   none
-- Answer 1
-- Cost   XADD
redis.call('XADD', KEYS[1], '*', 'r', '0:0:0:0')
return 1
