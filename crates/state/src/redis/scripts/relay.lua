-- Puts a message into the partner's outbox, if both are still in the room.
-- KEYS   1 user (the addressee), 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live
-- ARGV   1 user, 2 room, 3 sender, 4 field of the queue's relay mark, 5 update, 6 era, 7 limit of waiting entries,
--        8 body, 9 body of the notice that a partner was found
-- Answer 0 queued, 1 relayed before or written before the room, 2 not in the room, 3 too many entries wait
-- Keeps  the mark of a relay is set in the step that queues it, so a repeated update queues nothing; a held partner
--        is let in first, so "found" stands before the message
-- Cost   HMGET, HGET, XADD, HSET, HINCRBY and DEL. This step runs once per message, so the usual way through it
--        makes no functions and does not ask for the time: the new entry's name tells it
local had = redis.call('HMGET', KEYS[1], 's', ARGV[4], 'g', 't', 'p')
local state, here = had[1], ' ' .. ARGV[2] .. ' ' .. ARGV[3]
if state ~= 'c' .. here and state ~= 'h' .. here then
  return 2
end
local done, at, era = string.match(had[2] or had[3] or '', '^(%-?%d+) (%d+) (%d+)')
if era == ARGV[6] and tonumber(ARGV[5]) <= tonumber(done)
  and math.floor(redis.call('TIME')[1] / 3600) - at <= 48 then
  return 1
end
local bot = string.match(had[4] or '', '^(%d+):%-?%d+$')
if not bot then
  return redis.error_reply('CORRUPT ticket of ' .. KEYS[1] .. ' is ' .. string.sub(had[4] or '', 1, 100))
end
local chat, profile = ARGV[1] .. ':' .. bot, had[5]
local waiting = redis.call('HGET', KEYS[3], chat)
if waiting and tonumber(waiting) >= tonumber(ARGV[7]) then
  return 3
end
if state == 'h' .. here then
  -- include: clock
  -- include: kept_entry
  -- include: outbox
  -- include: session
  -- include: let_in
  let_in(ARGV[1], redis.call('HGET', KEYS[1], 'v'), state, bot, profile, ARGV[9])
end
local floor, counted = string.match(had[3] or '', '^(%-?%d+ %d+ %d+) (%d+)$')
local sequence = (tonumber(counted) or 0) + 1
local head = chat .. ':' .. string.sub(profile or 'en', 1, 2) .. ':' .. sequence .. ' '
local entry = redis.call('XADD', KEYS[2], '*', 'e', head .. ARGV[8])
local hour = math.floor(string.match(entry, '^%d+') / 3600000)
redis.call('HSET', KEYS[1], 'g', (floor or '0 0 0') .. ' ' .. sequence,
  ARGV[4], ARGV[5] .. ' ' .. hour .. ' ' .. ARGV[6])
redis.call('HINCRBY', KEYS[3], chat, 1)
if redis.call('DEL', KEYS[4]) == 1 then
  redis.call('PUBLISH', KEYS[4], '')
end
return 0
