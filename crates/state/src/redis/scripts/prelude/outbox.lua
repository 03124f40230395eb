-- Appending to an outbox. KEYS: 1 user, 2 outbox, 3 backlog, 4 asleep.

-- The bot of a stored ticket ("bot:update"). Raises before anything is written if it is unreadable.
local function bot_of(ticket)
  local bot = string.match(ticket or '', '^(%d+):%-?%d+$')
  if not bot then
    error({ err = 'CORRUPT ticket of ' .. KEYS[1] .. ' is ' .. string.sub(ticket or '', 1, 100) })
  end
  return bot
end

-- Queues `body` for a chat. `profile` is the stored one, which begins with the language. A sender that sleeps is
-- rung once, on the channel that is named like the key it left; what goes at once rings also who is awake. Answers the
-- entry.
local function append(user, bot, profile, body, at_once)
  local chat = user .. ':' .. bot
  local entry = redis.call('XADD', KEYS[2], '*', 'e', chat .. ':' .. string.sub(profile or 'en', 1, 2) .. ':0 ' .. body)
  redis.call('HINCRBY', KEYS[3], chat, 1)
  if redis.call('DEL', KEYS[4]) == 1 or at_once then
    redis.call('PUBLISH', KEYS[4], at_once and 'now' or '')
  end
  return entry
end
