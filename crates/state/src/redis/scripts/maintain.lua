-- Closes the fleet for maintenance, or opens it.
-- KEYS   1 board
-- ARGV   1 field, 2 in which way ('' open)
-- Answer 0
-- Cost   HSET or HDEL
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
return 0
