-- How full a shard is.
-- KEYS   1 outbox, 2 journal, 3 count
-- Answer {outbox, age of its oldest in ms, journal, age of its oldest in ms, waiting, chatting}
-- Cost   two XLEN, two XRANGE of one, HMGET, TIME

-- include: clock
local function age(stream)
  local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  return oldest and math.max(0, now - string.match(oldest[1], '^%d+')) or 0
end

local count = redis.call('HMGET', KEYS[3], 'w', 'c')
return {
  redis.call('XLEN', KEYS[1]), age(KEYS[1]),
  redis.call('XLEN', KEYS[2]), age(KEYS[2]),
  tonumber(count[1]) or 0, tonumber(count[2]) or 0,
}
