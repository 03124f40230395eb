-- Notes how far a broadcast is queued.
-- KEYS   1 lease, 2 broadcasts
-- ARGV   1 owner, 2 epoch, 3 number, 4 up to which user, 5 '1' if everybody is
-- Answer 1; nil if the lease is lost
-- Keeps  it never goes back
-- Cost   GET, HMGET, HSET

-- include: lease
if not is_held() then
  return false
end
local had = redis.call('HMGET', KEYS[2], ARGV[3] .. ':plan', ARGV[3] .. ':position')
if not had[1] then
  return 1
end
if not had[2] or tonumber(ARGV[4]) > tonumber(had[2]) then
  redis.call('HSET', KEYS[2], ARGV[3] .. ':position', ARGV[4])
end
if ARGV[5] == '1' then
  redis.call('HSET', KEYS[2], ARGV[3] .. ':all', '1')
end
return 1
