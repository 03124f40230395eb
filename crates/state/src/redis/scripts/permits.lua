-- Takes permits from a token's bucket, which the whole fleet shares.
-- KEYS   1 rate
-- ARGV   1 wanted, 2 permits per second, 3 burst
-- Answer {permits, millionths missing to the next one, ms of pause left}
-- Keeps  the bucket counts millionths of a permit, so it fills evenly; nothing is given during a pause
-- Cost   HMGET, TIME, HSET

-- include: clock
local had = redis.call('HMGET', KEYS[1], 'level', 'at', 'paused')
local pause = (tonumber(had[3]) or 0) - now
if pause > 0 then
  return { 0, 0, pause }
end
local full = ARGV[3] * 1000000
local level = tonumber(had[1]) or full
local elapsed = math.max(0, now - (tonumber(had[2]) or now))
level = math.min(full, level + math.floor(math.max(0, ARGV[2]) * elapsed * 1000))
local given = math.min(math.floor(level / 1000000), tonumber(ARGV[1]))
level = level - given * 1000000
redis.call('HSET', KEYS[1], 'level', level, 'at', now)
return { given, given < tonumber(ARGV[1]) and 1000000 - level % 1000000 or 0, 0 }
