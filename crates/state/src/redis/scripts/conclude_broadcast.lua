-- Notes that something became of every part of a broadcast.
-- KEYS   1 lease, 2 broadcasts, 3 board
-- ARGV   1 owner, 2 epoch, 3 number
-- Answer 1; nil if the lease is lost
-- Cost   GET, TIME, HDEL, HSET

-- include: clock
-- include: lease
if not is_held() then
  return false
end
if redis.call('HDEL', KEYS[3], 'c' .. ARGV[3]) == 1 then
  redis.call('HSET', KEYS[2], ARGV[3] .. ':over', now)
end
return 1
