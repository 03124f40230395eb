-- KEYS: 1 lease. ARGV: 1 owner, 2 epoch. A lease is stored as "epoch owner": both are compared at once.
local function is_held()
  return redis.call('GET', KEYS[1]) == ARGV[2] .. ' ' .. ARGV[1]
end
