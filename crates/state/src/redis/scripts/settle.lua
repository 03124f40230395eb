-- Drops intents that are carried out or given up, re-adding what is to be re-added.
-- KEYS   1 lock, 2 order, 3 tickets, 4 gone, 5 changes, 6 matched, 7 intents, 8 asleep
-- ARGV   1 owner, 2 epoch, then for each: room, number of tickets, for each ticket its name, attempt, time, body
-- Answer 1; nil if the lock is lost
-- Keeps  an intent that is no longer stored re-adds nothing; what left meanwhile stays away
-- Cost   HGET, HDEL, XDEL per intent, some 8 calls per ticket

-- include: clock
-- include: lease
-- include: pool
if not is_held() then
  return false
end
local i = 3
while i <= #ARGV do
  local room, tickets = ARGV[i], tonumber(ARGV[i + 1])
  local stored = redis.call('HGET', KEYS[6], room)
  if stored then
    local place, first, second = string.match(stored, '^(%S+) (%S+) (%S+)$')
    redis.call('HDEL', KEYS[6], room, first, second)
    redis.call('XDEL', KEYS[7], place)
    for t = i + 2, i + 1 + 4 * tickets, 4 do
      add(KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[8], ARGV[t], ARGV[t + 1], ARGV[t + 2], ARGV[t + 3])
    end
  end
  i = i + 2 + 4 * tickets
end
return 1
