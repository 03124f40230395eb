-- Takes a lease if it is free, or renews one's own: a shard's, or a pool's lock.
-- KEYS   1 lease, 2 epoch
-- ARGV   1 owner, 2 life time in ms
-- Answer the epoch; nil if somebody else has it
-- Keeps  the epoch has no life time and only grows; its owner keeps one epoch through all renewals
-- Cost   GET and PEXPIRE, or GET, INCR and SET
local held = redis.call('GET', KEYS[1])
if held then
  local epoch, owner = string.match(held, '^(%d+) (.*)$')
  if owner ~= ARGV[1] then
    return false
  end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return tonumber(epoch)
end
local epoch = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], epoch .. ' ' .. ARGV[1], 'PX', ARGV[2])
return epoch
