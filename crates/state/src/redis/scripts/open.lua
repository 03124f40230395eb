-- held(R) -> chatting(R), with the notice that a partner was found.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live
-- ARGV   1 user, 2 room, 3 body of the notice
-- Answer 0 done, 1 chatting there already, 2 elsewhere
-- Cost   HMGET, TIME, HSET, HDEL, two HINCRBY, ZADD and three calls to append
local had = redis.call('HMGET', KEYS[1], 's', 'r', 't', 'p', 'v')
if had[2] ~= ARGV[2] then
  return 2
end
if had[1] == 'h' then
  let_in(ARGV[1], had[5], bot_of(had[3]), had[4], ARGV[3])
  return 0
end
return had[1] == 'c' and 1 or 2
