-- waiting(T, n) -> held(R).
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live
-- ARGV   1 user, 2 room, 3 ticket, 4 attempt, 5 partner, 6 partner's ticket's update, 7 era of the partner's bot,
--        8 the partner's bot if it is another than one's own, else ''
-- Answer 0 done, 1 already there, 2 elsewhere, at another attempt, or the partner is blocked
-- Keeps  rooms and attempts never come twice; relay marks begin at the partner's ticket ("floor")
-- Cost   HMGET, TIME, HSET, ZADD; across bots another HSET

-- include: clock
-- include: mark
-- include: session
local had = redis.call('HMGET', KEYS[1], 's', 't', 'n', 'v', 'b' .. ARGV[5])
if had[1] == 'w' and had[2] == ARGV[3] and had[3] == ARGV[4] and not had[5] then
  redis.call('HSET', KEYS[1], 's', 'h ' .. ARGV[2] .. ' ' .. ARGV[5],
    'g', mark_of(ARGV[6], ARGV[7]) .. ' 0', 'v', after(had[4]))
  if ARGV[8] ~= '' then
    redis.call('HSET', KEYS[1], 'l', ARGV[8])
  end
  moved(ARGV[1], 'w', 'h')
  return 0
end
local _, room = place(had[1])
return room == ARGV[2] and 1 or 2
