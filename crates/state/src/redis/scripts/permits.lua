-- Takes permits from a token's bucket, which the whole fleet shares.
-- KEYS   1 rate
-- ARGV   1 wanted, 2 permits per second, 3 burst, 4 where a bucket that learns starts, in thousandths per second, or ''
-- Answer {permits, millionths missing to the next one, ms of pause left, thousandths per second of one that learns or 0}
-- Keeps  the bucket counts millionths of a permit, so it fills evenly; nothing is given during a pause; a rate grows as
--        domain::learned says: a step a second while more is wanted and none overflows, a small one near what was
--        refused lately
-- Cost   HMGET, TIME, HSET; of one that learns a second HSET where it overflows or grows

-- include: clock
local had = redis.call('HMGET', KEYS[1], 'level', 'at', 'paused', 'learned', 'raised', 'cut', 'failed')
local learns = ARGV[4] ~= ''
local rate, raised = tonumber(had[4]), tonumber(had[5]) or now
if learns and not rate then
  rate, raised = tonumber(ARGV[4]), now
  redis.call('HSET', KEYS[1], 'learned', rate, 'raised', raised)
end
local shown = learns and rate or 0
local pause = (tonumber(had[3]) or 0) - now
if pause > 0 then
  return { 0, 0, pause, shown }
end
local full = (learns and math.floor((rate + 3999) / 4000) or ARGV[3]) * 1000000
local level = tonumber(had[1]) or full
local elapsed = math.max(0, now - (tonumber(had[2]) or now))
level = level + (learns and rate * elapsed or math.floor(math.max(0, ARGV[2]) * elapsed * 1000))
if learns and level >= full + 1000000 then
  raised = now
  redis.call('HSET', KEYS[1], 'raised', raised)
end
level = math.min(full, level)
local given = math.min(math.floor(level / 1000000), tonumber(ARGV[1]))
level = level - given * 1000000
redis.call('HSET', KEYS[1], 'level', level, 'at', now)
if learns and given < tonumber(ARGV[1]) and now - raised >= 1000 then
  local cut, failed = tonumber(had[6]), tonumber(had[7])
  if not cut or now - cut >= 5000 then
    local near = cut and now - cut < 600000 and rate * 10 >= failed * 9 and rate * 10 <= failed * 11
    local step = near and math.max(20, math.floor(rate / 500)) or math.max(1000, math.floor(rate / 10))
    redis.call('HSET', KEYS[1], 'learned', math.min(1000000, rate + step), 'raised', now)
  end
end
return { given, given < tonumber(ARGV[1]) and 1000000 - level % 1000000 or 0, 0, shown }
