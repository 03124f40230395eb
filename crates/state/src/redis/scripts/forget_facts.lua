-- Drops facts that are in the database.
-- KEYS   1 lease, 2 journal
-- ARGV   1 owner, 2 epoch, then ids
-- Answer 1; nil if the lease is lost
-- Cost   GET and one XDEL per 1,000 facts

-- include: lease
if not is_held() then
  return false
end
for first = 3, #ARGV, 1000 do
  redis.call('XDEL', KEYS[2], unpack(ARGV, first, math.min(first + 999, #ARGV)))
end
return 1
