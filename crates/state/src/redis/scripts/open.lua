-- held(R) -> chatting(R), with the notice that a partner was found.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live
-- ARGV   1 user, 2 room, 3 body of the notice
-- Answer 0 done, 1 chatting there already, 2 elsewhere
-- Cost   HMGET, TIME, HSET, HDEL, two HINCRBY, ZADD and three calls to append

-- include: clock
-- include: kept_entry
-- include: outbox
-- include: session
-- include: let_in
local had = redis.call('HMGET', KEYS[1], 's', 't', 'p', 'v')
local state, room = place(had[1])
if room ~= ARGV[2] then
  return 2
end
if state == 'c' then
  return 1
end
let_in(ARGV[1], had[4], had[1], bot_of(had[2]), had[3], ARGV[3], true)
return 0
