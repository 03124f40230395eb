-- Keeps an update aside.
-- KEYS   1 dead letters, 2 name of this burial, so that one sent twice is kept once
-- ARGV   1 body, 2 reason
-- Answer 1 kept, 0 was kept before
-- Keeps  10,000 letters at most, 24 h at most
-- Cost   SET, XADD, XTRIM, EXPIRE, TIME

-- include: clock
if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', 60) then
  return 0
end
redis.call('XADD', KEYS[1], 'MAXLEN', 10000, '*', 'body', ARGV[1], 'reason', ARGV[2])
redis.call('XTRIM', KEYS[1], 'MINID', now - 86400000)
redis.call('EXPIRE', KEYS[1], 86400)
return 1
