-- How much of a token's budget conversations used in the last ten seconds.
-- KEYS   1 rate
-- ARGV   none
-- Answer thousandths; 1000 during a pause
-- Keeps  nothing is changed; counted as domain::usage says
-- Cost   HMGET, TIME

-- include: clock
local had = redis.call('HMGET', KEYS[1], 'paused', 'window', 'used', 'before')
if (tonumber(had[1]) or 0) > now then
  return 1000
end
local window = math.floor(now / 10000)
local used, before = tonumber(had[3]) or 0, tonumber(had[4]) or 0
if tonumber(had[2]) ~= window then
  used, before = 0, tonumber(had[2]) == window - 1 and used or 0
end
local micros = used + math.floor(before * (10000 - now % 10000) / 10000)
return math.min(1000, math.floor(micros / 10000))
