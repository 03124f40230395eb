-- Takes permits from a token's bucket, which the whole fleet shares.
-- KEYS   1 rate
-- ARGV   1 wanted, 2 permits per second, 3 burst, 4 where a bucket that learns starts, in thousandths per second, or ''
-- Answer {permits, millionths missing to the next one, ms of pause left, thousandths per second of one that learns or 0}
-- Keeps  nothing is given during a pause; a rate grows as domain::learned says: a step a second while more is wanted and
--        none overflows, a small one near what was refused lately; what is used is counted as domain::usage says
-- Cost   HMGET, TIME, HSET, a second one where some are given; of one that learns another where it overflows or grows

-- include: clock
-- include: bucket
local shown = learns and rate or 0
if pause > 0 then
  return { 0, 0, pause, shown }
end
if learns and over >= 1000000 then
  raised = now
  redis.call('HSET', KEYS[1], 'raised', raised)
end
local given = math.min(math.floor(level / 1000000), tonumber(ARGV[1]))
level = level - given * 1000000
if spare then
  redis.call('HSET', KEYS[1], 'level', level, 'at', now, 'spare', spare)
else
  redis.call('HSET', KEYS[1], 'level', level, 'at', now)
end
if given > 0 then
  local window, used, before = math.floor(now / 10000), tonumber(had[10]) or 0, tonumber(had[11]) or 0
  if tonumber(had[9]) ~= window then
    used, before = 0, tonumber(had[9]) == window - 1 and used or 0
  end
  used = used + math.min(10000000, math.floor(given * 1000000 / (learns and rate / 1000 or tonumber(ARGV[2]))))
  redis.call('HSET', KEYS[1], 'window', window, 'used', used, 'before', before)
end
if learns and given < tonumber(ARGV[1]) and now - raised >= 1000 then
  local cut, failed = tonumber(had[6]), tonumber(had[7])
  if not cut or now - cut >= 5000 then
    local near = cut and now - cut < 600000 and rate * 10 >= failed * 9 and rate * 10 <= failed * 11
    local step = near and math.max(20, math.floor(rate / 500)) or math.max(1000, math.floor(rate / 10))
    redis.call('HSET', KEYS[1], 'learned', math.min(1000000, rate + step), 'raised', now)
  end
end
return { given, given < tonumber(ARGV[1]) and 1000000 - level % 1000000 or 0, 0, shown }
