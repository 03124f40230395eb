-- Leaving a state for another's sake. Needs session, outbox and remember. KEYS: as there, 7 journal, 8 ids of the room.

-- held(R) or waiting(T, n) -> waiting(T, n+1). Answers the new attempt.
local function send_back(user, version, from, attempt)
  local next_attempt = tonumber(attempt) + 1
  redis.call('HDEL', KEYS[1], 'g', 'k', 'l')
  redis.call('HSET', KEYS[1], 's', 'w', 'n', next_attempt, 'v', after(version))
  moved(user, from, 'w')
  return next_attempt
end

-- chatting(R) -> idle, with the fact and the notice that ends the room in this chat. The id map stays an hour.
local function show_out(user, version, state, bot, profile, notice, fact, window)
  redis.call('HDEL', KEYS[1], 's', 't', 'q',
  -- include: room_fields
  )
  redis.call('HSET', KEYS[1], 'v', after(version))
  moved(user, 'c', nil)
  local room, partner = string.match(state, '^c (%-?%d+) (%-?%d+)$')
  remember(room, partner, window)
  redis.call('EXPIRE', KEYS[8], 3600)
  redis.call('XADD', KEYS[7], '*', 'f', fact)
  append(user, bot, profile, notice)
end
