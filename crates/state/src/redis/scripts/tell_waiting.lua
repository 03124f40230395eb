-- Queues news of a search for whoever waits by it, once per name and hour.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 the name
-- ARGV   1 user, 2 body, 3 ticket
-- Answer 1 queued, 0 told before, or the user does not wait by this ticket
-- Keeps  nothing about a search is queued behind what ended it
-- Cost   HMGET, SET, three calls to append

-- include: outbox
local had = redis.call('HMGET', KEYS[1], 's', 't', 'p')
if had[1] ~= 'w' or had[2] ~= ARGV[3] then
  return 0
end
local bot = bot_of(had[2])
if not redis.call('SET', KEYS[5], '1', 'NX', 'EX', 3600) then
  return 0
end
append(ARGV[1], bot, had[3], ARGV[2])
return 1
