-- Takes permits for broadcasts: of their own bucket, and of what runs over in the token's.
-- KEYS   1 rate
-- ARGV   1 wanted, 2 permits per second of the token ('' without a limit), 3 burst, 4 where it starts if it learns, 5
--        permits per second of broadcasts, 6 their burst
-- Answer {permits, millionths missing to the next one of their own bucket, ms of pause left, 1 if the token spared none}
-- Keeps  the token's bucket is left as full as it is, so that conversations get what they would get without; with
--        less than one permit in it somebody waits, and broadcasts wait too
-- Cost   HMGET twice, TIME, HSET

-- include: clock
local limited = ARGV[2] ~= ''
if not limited then
  ARGV[2], ARGV[3], ARGV[4] = 0, 0, ''
end
-- include: bucket
if pause > 0 then
  return { 0, 0, pause, 0 }
end
local own = redis.call('HMGET', KEYS[1], 'bulk', 'bulkat')
local most, since = ARGV[6] * 1000000, math.max(0, now - (tonumber(own[2]) or now))
local bulk = math.min(most, (tonumber(own[1]) or most) + math.floor(math.max(0, ARGV[5]) * since * 1000))
local want, there = tonumber(ARGV[1]), math.floor(bulk / 1000000)
local spared = there
if limited then
  spare = spare or math.min(full, over)
  spared = level >= 1000000 and math.floor(spare / 1000000) or 0
end
local given = math.min(want, there, spared)
bulk = bulk - given * 1000000
redis.call('HSET', KEYS[1], 'bulk', bulk, 'bulkat', now)
if limited then
  redis.call('HSET', KEYS[1], 'level', level, 'at', now, 'spare', spare - given * 1000000)
  if learns and over > 0 then
    redis.call('HSET', KEYS[1], 'raised', now)
  end
end
return { given, given < want and 1000000 - bulk % 1000000 or 0, 0, spared < math.min(want, there) and 1 or 0 }
