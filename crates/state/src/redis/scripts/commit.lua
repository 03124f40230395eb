-- Turns pairs into intents: both tickets still there at their attempt -> both gone, intent recorded.
-- KEYS   1 lock, 2 order, 3 tickets, 4 gone, 5 changes, 6 matched, 7 intents
-- ARGV   1 owner, 2 epoch, then for each pair: room, ticket, attempt and body of the first, the same of the second
-- Answer for each pair 1 committed, 0 not; nil if the lock is lost
-- Keeps  a ticket is in one intent at most, and once; nobody meets themselves, not even through two bots
-- Cost   some 17 calls per pair

-- include: clock
-- include: lease
-- include: pool
if not is_held() then
  return false
end

local function leave(ticket, attempt, room)
  redis.call('HDEL', KEYS[3], ticket)
  redis.call('ZREM', KEYS[2], ticket)
  note_gone(KEYS[4], ticket, attempt + 1)
  publish(KEYS[5], 'r', ticket .. ':' .. attempt)
  redis.call('HSET', KEYS[6], ticket .. ':' .. attempt, room)
end

local function owner_of(ticket)
  return string.match(ticket, '^[^:]+')
end

local answer = {}
for i = 3, #ARGV, 7 do
  local room, first, second = ARGV[i], ARGV[i + 1], ARGV[i + 4]
  local free = waits_at(KEYS[3], first) == tonumber(ARGV[i + 2])
    and waits_at(KEYS[3], second) == tonumber(ARGV[i + 5])
    and owner_of(first) ~= owner_of(second)
    and redis.call('HEXISTS', KEYS[6], room) == 0
  if free then
    leave(first, ARGV[i + 2], room)
    leave(second, ARGV[i + 5], room)
    local place = redis.call('XADD', KEYS[7], '*', 'r', room, 'a', ARGV[i + 3], 'b', ARGV[i + 6])
    redis.call('HSET', KEYS[6], room,
      place .. ' ' .. first .. ':' .. ARGV[i + 2] .. ' ' .. second .. ':' .. ARGV[i + 5])
  end
  answer[#answer + 1] = free and 1 or 0
end
return answer
