-- Remembers how a bot calls a file that was brought to it, and forgets what is too old or too many.
-- KEYS   1 files, 2 files by the time until which they are remembered
-- ARGV   1 file_unique_id, 2 file_id, 3 most, 4 ms for which it is remembered
-- Answer 1
-- Keeps  both keys hold the same files; sent twice it says the same again
-- Cost   TIME, HSET, ZADD, ZRANGE, ZCARD, two PEXPIRE; HDEL and ZREM where something is forgotten

-- include: clock
local till = now + tonumber(ARGV[4])
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %s', till, ARGV[2]))
redis.call('ZADD', KEYS[2], till, ARGV[1])
local function forget(files)
  if #files > 0 then
    redis.call('HDEL', KEYS[1], unpack(files))
    redis.call('ZREM', KEYS[2], unpack(files))
  end
end
forget(redis.call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE', 'LIMIT', 0, 100))
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[3])
if over > 0 then
  forget(redis.call('ZRANGE', KEYS[2], 0, math.min(over, 100) - 1))
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
