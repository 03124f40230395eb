-- waiting(T, n) -> waiting(T, n+1) in a pool: a waiter without ticket or intent, or one who moves on to a wider pool.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live
-- ARGV   1 user, 2 ticket, 3 attempt, 4 pool
-- Answer {ticket, attempt, pool, waiting since} now, also when found so; nil if the user stands elsewhere
-- Keeps  the attempt moves by one, however often this is sent
-- Cost   HMGET and TIME; a move 5 calls

-- include: clock
-- include: outbox
-- include: session
-- include: remember
-- include: leave
local had = redis.call('HMGET', KEYS[1], 's', 't', 'n', 'o', 'z', 'v')
if had[1] ~= 'w' or had[2] ~= ARGV[2] then
  return false
end
if had[3] == ARGV[3] then
  redis.call('HSET', KEYS[1], 'o', ARGV[4])
  return { had[2], send_back(ARGV[1], had[6], 'w', had[3]), ARGV[4], had[5] }
end
if tonumber(had[3]) == tonumber(ARGV[3]) + 1 and had[4] == ARGV[4] then
  return { had[2], tonumber(had[3]), had[4], had[5] }
end
return false
