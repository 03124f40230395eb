-- The claims that stand, for a new holder of the lease.
-- KEYS   1 lease, 2 claims
-- ARGV   1 owner, 2 epoch
-- Answer {now, chats and their claims}; nil if the lease is lost
-- Cost   GET, TIME, HGETALL of what was under way

-- include: clock
-- include: lease
if not is_held() then
  return false
end
return { now, redis.call('HGETALL', KEYS[2]) }
