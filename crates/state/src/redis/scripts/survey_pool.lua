-- How a pool stands, for somebody who watches.
-- KEYS   1 order, 2 lock
-- Answer {tickets, ms for which the oldest waits, "epoch owner" or ''}
-- Cost   ZCARD, ZRANGE of one, GET, TIME

-- include: clock
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
return {
  redis.call('ZCARD', KEYS[1]), oldest and math.max(0, now - tonumber(oldest)) or 0, redis.call('GET', KEYS[2]) or '',
}
