-- Puts a message into the partner's outbox, if both are still in the room.
-- KEYS   1 user (the addressee), 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live
-- ARGV   1 user, 2 room, 3 sender, 4 letter of the queue, 5 update, 6 era, 7 limit of waiting entries, 8 body,
--        9 body of the notice that a partner was found
-- Answer 0 queued, 1 relayed before or written before the room, 2 not in the room, 3 too many entries wait
-- Keeps  the mark of a relay is set in the step that queues it, so a repeated update queues nothing; a held partner
--        is let in first, so "found" stands before the message
-- Cost   HMGET, HGET, TIME, HSET and three calls to append: some 8 us
local had = redis.call('HMGET', KEYS[1], 's', 'r', 'w', 'r' .. ARGV[4], 'g', 't', 'p', 'k', 'v')
local state = had[1]
if had[2] ~= ARGV[2] or had[3] ~= ARGV[3] or (state ~= 'c' and state ~= 'h') then
  return 2
end
if covers(had[4] or had[5], ARGV[5], ARGV[6]) then
  return 1
end
local bot = bot_of(had[6])
local waiting = redis.call('HGET', KEYS[3], ARGV[1] .. ':' .. bot)
if (tonumber(waiting) or 0) >= tonumber(ARGV[7]) then
  return 3
end
if state == 'h' then
  let_in(ARGV[1], had[9], bot, had[7], ARGV[9])
end
local sequence = (tonumber(had[8]) or 0) + 1
redis.call('HSET', KEYS[1], 'k', sequence, 'r' .. ARGV[4], mark_of(ARGV[5], ARGV[6]))
append(ARGV[1], bot, had[7], sequence, ARGV[8])
return 0
