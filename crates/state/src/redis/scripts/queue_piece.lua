-- Queues a piece of a broadcast for users of one shard, and notes how far the shard has come.
-- KEYS   1 bulk, 2 progress of the broadcast on this shard, then each user
-- ARGV   1 number of the broadcast, 2 up to which user, 3 so many may wait, 4 second since which an update must have come in
--        ('': any), 5 bot ('': any), 6 language ('': any); for each user: user, bot, language
-- Answer 1 queued, now or before, 0 too much waits
-- Keeps  nobody is queued twice: who stands at or below the position was queued, or left out for good. What the record says
--        counts before what the durable one said
-- Cost   HGET, XLEN, HMGET and XADD per user, HSET, HINCRBY, EXPIRE

local position = tonumber(redis.call('HGET', KEYS[2], 'position'))
if position and position >= tonumber(ARGV[2]) then
  return 1
end
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[3]) then
  return 0
end
local queued = 0
for i = 3, #KEYS do
  local at = 7 + 3 * (i - 3)
  local user, bot, language = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if not position or tonumber(user) > position then
    local had = redis.call('HMGET', KEYS[i], 'p', 'u', 'a')
    local spoken, used = string.match(had[1] or '', '^(%a%a) (%d+)$')
    bot, language = used or bot, spoken or language
    if not had[2]
      and (ARGV[4] == '' or (tonumber(had[3]) or 0) >= tonumber(ARGV[4]))
      and (ARGV[5] == '' or ARGV[5] == bot)
      and (ARGV[6] == '' or ARGV[6] == language) then
      redis.call('XADD', KEYS[1], '*', 'e', user .. ':' .. bot .. ':' .. language .. ' ' .. ARGV[1])
      queued = queued + 1
    end
  end
end
redis.call('HSET', KEYS[2], 'position', ARGV[2])
redis.call('HINCRBY', KEYS[2], 'queued', queued)
redis.call('EXPIRE', KEYS[2], 2592000)
return 1
