-- No permits for a token for a while; a longer pause stays.
-- KEYS   1 rate
-- ARGV   1 ms
-- Answer 1
-- Cost   HGET, TIME, HSET

-- include: clock
local paused = tonumber(redis.call('HGET', KEYS[1], 'paused')) or 0
if now + ARGV[1] > paused then
  redis.call('HSET', KEYS[1], 'paused', now + ARGV[1])
end
return 1
