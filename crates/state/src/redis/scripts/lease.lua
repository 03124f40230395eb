-- Takes a lease if it is free, or renews one's own: a shard's, or a pool's lock.
-- KEYS   1 lease, 2 epoch, 3 instances, if the owner may tell who is gone
-- ARGV   1 owner, 2 life time in ms, 3 the channel on which the owner listens, with the third key
-- Answer the epoch; nil if somebody else has it who is not gone
-- Keeps  the epoch has no life time and only grows; its owner keeps one epoch through all renewals. Whatever a lease
--        guards asks for its epoch, so one who was thought gone and lives does nothing under it any more
-- Cost   GET and PEXPIRE, or GET, INCR and SET; HGET and NUMSUB where somebody else has it

-- include: gone
local held = redis.call('GET', KEYS[1])
if held then
  local epoch, owner = string.match(held, '^(%d+) (.*)$')
  if owner == ARGV[1] then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return tonumber(epoch)
  end
  if not KEYS[3] or not is_gone(ARGV[3], redis.call('HGET', KEYS[3], owner)) then
    return false
  end
end
local epoch = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], epoch .. ' ' .. ARGV[1], 'PX', ARGV[2])
return epoch
