-- Where the change feed ends now.
-- KEYS   1 changes
-- Answer the id of the newest change, '0-0' if there never was one
-- Cost   XREVRANGE of one
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return newest and newest[1] or '0-0'
