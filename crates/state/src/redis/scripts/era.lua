-- A bot's era: raised when its token moved to another API server.
-- KEYS   1 era
-- ARGV   1 server
-- Answer the era
-- Cost   HMGET; HSET when it changed
local had = redis.call('HMGET', KEYS[1], 'server', 'era')
if had[1] == ARGV[1] then
  return tonumber(had[2])
end
local era = had[1] and had[2] + 1 or 0
redis.call('HSET', KEYS[1], 'server', ARGV[1], 'era', era)
return era
