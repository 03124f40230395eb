-- A write to wait behind until replicas have it, and with it all before it.
-- KEYS   1 the fence, in the slot of what is waited for
-- Answer 0
-- Cost   SET
redis.call('SET', KEYS[1], 1, 'PX', 1000)
return 0
