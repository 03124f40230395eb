-- Undoes one side of a match that did not come about.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live, 7 journal, 8 ids of the room
-- ARGV   1 user, 2 room, 3 ticket, 4 attempt, 5 body of the notice, 6 fact, 7 seconds for which it is
--        remembered whom one met
-- Answer {0} elsewhere, {1} the room ended, {2, ticket, attempt, pool, waiting since} waiting again
-- Keeps  the attempt moves by one, however often this is sent: held(R) and waiting(T, n) become waiting(T, n+1), which
--        is reported again when found. A room that was opened is ended, never undone
-- Cost   HMGET and TIME; a move some 5 calls, an end some 12

-- include: clock
-- include: outbox
-- include: session
-- include: remember
-- include: leave
local had = redis.call('HMGET', KEYS[1], 's', 't', 'n', 'o', 'z', 'v', 'p')
local state, room = place(had[1])
if state == 'h' and room == ARGV[2] then
  return { 2, had[2], send_back(ARGV[1], had[6], 'h', had[3]), had[4], had[5] }
end
if state == 'w' and had[2] == ARGV[3] then
  if tonumber(had[3]) == tonumber(ARGV[4]) + 1 then
    return { 2, had[2], tonumber(had[3]), had[4], had[5] }
  end
  if had[3] == ARGV[4] then
    return { 2, had[2], send_back(ARGV[1], had[6], 'w', had[3]), had[4], had[5] }
  end
  return { 0 }
end
if state == 'c' and room == ARGV[2] then
  show_out(ARGV[1], had[6], had[1], bot_of(had[2]), had[7], ARGV[5], ARGV[6], ARGV[7])
  return { 1 }
end
return { 0 }
