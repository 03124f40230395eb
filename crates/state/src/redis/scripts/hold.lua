-- waiting(T, n) -> held(R).
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live
-- ARGV   1 user, 2 room, 3 ticket, 4 attempt, 5 partner, 6 partner's ticket's update, 7 era of the partner's bot
-- Answer 0 done, 1 already there, 2 elsewhere, at another attempt, or the partner is blocked
-- Keeps  rooms and attempts never come twice; relay marks begin at the partner's ticket ("floor")
-- Cost   HMGET, TIME, HSET, ZADD
local had = redis.call('HMGET', KEYS[1], 's', 'r', 't', 'n', 'v', 'b' .. ARGV[5])
if had[1] == 'w' and had[3] == ARGV[3] and had[4] == ARGV[4] and not had[6] then
  redis.call('HSET', KEYS[1], 's', 'h', 'r', ARGV[2], 'w', ARGV[5], 'g', mark_of(ARGV[6], ARGV[7]),
    'v', after(had[5]))
  moved(ARGV[1], 'w', 'h')
  return 0
end
if had[2] == ARGV[2] and (had[1] == 'h' or had[1] == 'c') then
  return 1
end
return 2
