-- waiting(T, n) -> chatting(R), with the notice that a partner was found and the fact that the room began.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live, 7 journal
-- ARGV   1 user, 2 room, 3 ticket, 4 attempt, 5 partner, 6 partner's ticket's update, 7 era of the partner's bot,
--        8 the partner's bot if it is another than one's own, else '', 9 body of the notice, 10 fact
-- Answer as hold
-- Keeps  as hold; notice and fact come with the move, so they come once
-- Cost   HMGET, TIME, HSET, HDEL, two HINCRBY, ZADD, XADD and three calls to append; across bots another HSET

-- include: clock
-- include: kept_entry
-- include: mark
-- include: outbox
-- include: session
local had = redis.call('HMGET', KEYS[1], 's', 't', 'n', 'v', 'b' .. ARGV[5], 'p')
if had[1] == 'w' and had[2] == ARGV[3] and had[3] == ARGV[4] and not had[5] then
  local bot = bot_of(had[2])
  local entry = append(ARGV[1], bot, had[6], ARGV[9], true)
  redis.call('HSET', KEYS[1], 's', 'c ' .. ARGV[2] .. ' ' .. ARGV[5], 'e', kept_entry(entry),
    'g', mark_of(ARGV[6], ARGV[7]) .. ' 0', 'v', after(had[4]))
  if ARGV[8] ~= '' then
    redis.call('HSET', KEYS[1], 'l', ARGV[8])
  end
  redis.call('HDEL', KEYS[1], 'n', 'o', 'z', 'y')
  moved(ARGV[1], 'w', 'c')
  redis.call('XADD', KEYS[7], '*', 'f', ARGV[10])
  return 0
end
local state, room = place(had[1])
return state == 'c' and room == ARGV[2] and 1 or 2
