-- Removes a ticket at every attempt and notes it gone for every attempt.
-- KEYS   1 order, 2 tickets, 3 gone, 4 changes
-- ARGV   1 ticket
-- Answer 1 it waited, 0 it did not
-- Keeps  a ticket that was called off is not added again by a late add
-- Cost   HGET, HDEL, ZREM, XADD, TIME and three calls to note it gone

-- include: clock
-- include: pool
local waits = waits_at(KEYS[2], ARGV[1])
if waits then
  redis.call('HDEL', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[1], ARGV[1])
  publish(KEYS[4], 'r', ARGV[1] .. ':' .. waits)
end
note_gone(KEYS[3], ARGV[1], gone_span)
return waits and 1 or 0
