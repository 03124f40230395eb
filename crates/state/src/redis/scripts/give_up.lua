-- waiting(T, n) -> idle, at whatever attempt, with the notice that nobody was found.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live
-- ARGV   1 user, 2 ticket, 3 body of the notice
-- Answer 0 done, 1 held for a room that may come about, 2 not waiting by this ticket
-- Keeps  a ticket never comes twice, so a repeated one finds the user elsewhere
-- Cost   HMGET and TIME; an end some 9 calls

-- include: clock
-- include: outbox
-- include: session
local had = redis.call('HMGET', KEYS[1], 's', 't', 'v', 'p')
local state = place(had[1])
if had[2] ~= ARGV[2] or state ~= 'w' then
  return had[2] == ARGV[2] and state == 'h' and 1 or 2
end
local bot = bot_of(had[2])
redis.call('HDEL', KEYS[1], 's', 't', 'n', 'o', 'z', 'y')
redis.call('HSET', KEYS[1], 'v', after(had[3]))
moved(ARGV[1], 'w', nil)
append(ARGV[1], bot, had[4], ARGV[3])
return 0
