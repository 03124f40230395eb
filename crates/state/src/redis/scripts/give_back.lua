-- Gives a lease back, if still held.
-- KEYS   1 lease
-- ARGV   1 owner, 2 epoch
-- Answer 1 given back, 0 it was somebody else's
-- Cost   GET and DEL

-- include: lease
if is_held() then
  return redis.call('DEL', KEYS[1])
end
return 0
