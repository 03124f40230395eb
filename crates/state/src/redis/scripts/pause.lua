-- No permits for a token for a while; a longer pause stays. A bucket that learns takes it as a refusal.
-- KEYS   1 rate
-- ARGV   1 ms
-- Answer 1
-- Keeps  a refusal that many tell of, or that is told twice, cuts once (domain::learned)
-- Cost   HMGET, TIME, one or two HSET

-- include: clock
local had = redis.call('HMGET', KEYS[1], 'paused', 'learned', 'cut')
if now + ARGV[1] > (tonumber(had[1]) or 0) then
  redis.call('HSET', KEYS[1], 'paused', now + ARGV[1])
end
local rate, cut = tonumber(had[2]), tonumber(had[3])
if rate and (not cut or now - cut >= 5000) then
  redis.call('HSET', KEYS[1], 'learned', math.max(1000, math.floor(rate / 2)), 'cut', now, 'failed', rate)
end
return 1
