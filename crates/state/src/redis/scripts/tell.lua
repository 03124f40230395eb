-- Queues an explanation for a user, once per name and hour.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 the name
-- ARGV   1 user, 2 body, 3 the bot, or ''
-- Answer 1 queued, 0 told before, or nobody there
-- Keeps  without a named bot it goes to that of the session, or the one last used
-- Cost   HMGET, SET, three calls to append

-- include: outbox
local had = redis.call('HMGET', KEYS[1], 'p', 't')
if not had[1] then
  return 0
end
local bot = ARGV[3] ~= '' and ARGV[3] or had[2] and bot_of(had[2]) or string.match(had[1], '^%a%a (%d+)$')
if not bot then
  return redis.error_reply('CORRUPT profile of ' .. KEYS[1] .. ' is ' .. string.sub(had[1], 1, 100))
end
if not redis.call('SET', KEYS[5], '1', 'NX', 'EX', 3600) then
  return 0
end
append(ARGV[1], bot, had[1], ARGV[2])
return 1
