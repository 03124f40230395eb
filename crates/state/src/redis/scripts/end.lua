-- Ends the room for one user because the other left, or cannot be reached.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live, 7 journal, 8 ids of the room
-- ARGV   1 user, 2 room, 3 body of the notice, 4 fact, 5 second since which no update may have come in ('': any),
--        6 '1' to mark the user unreachable, 7 seconds for which it is remembered whom one met
-- Answer 0 chatting became idle, 1 held became waiting at the next attempt, 2 elsewhere, or active since
-- Keeps  a room never comes twice, so a repeated end finds the user elsewhere. Activity within the second counts for
--        the user
-- Cost   HMGET and TIME; an end some 12 calls

-- include: clock
-- include: outbox
-- include: session
-- include: remember
-- include: leave
local had = redis.call('HMGET', KEYS[1], 's', 'a', 't', 'p', 'v', 'n')
local state, room = place(had[1])
if room ~= ARGV[2] then
  return 2
end
if ARGV[5] ~= '' and (tonumber(had[2]) or 0) >= tonumber(ARGV[5]) then
  return 2
end
local bot = bot_of(had[3])
if ARGV[6] == '1' then
  redis.call('HSET', KEYS[1], 'u', '1')
end
if state == 'h' then
  send_back(ARGV[1], had[5], 'h', had[6])
  return 1
end
show_out(ARGV[1], had[5], had[1], bot, had[4], ARGV[3], ARGV[4], ARGV[7])
return 0
