-- Notes that a user cannot be reached by a bot, outside of any room.
-- KEYS   1 user, 2 journal, 3 the name under which it is noted of somebody without a record
-- ARGV   1 bot, 2 second since which no update may have come in, 3 fact
-- Answer 1 noted, 0 they were active since, are not idle, use another bot, or it is known
-- Keeps  an act that read the record before has to look again; where there is none, one fact an hour
-- Cost   HMGET, TIME, HSET or SET, XADD

-- include: clock
local had = redis.call('HMGET', KEYS[1], 'p', 'a', 's', 'u', 'v')
if had[1] then
  local bot = string.match(had[1], '^%a%a (%d+)$')
  if had[3] or had[4] or bot ~= ARGV[1] or (tonumber(had[2]) or 0) >= tonumber(ARGV[2]) then
    return 0
  end
  redis.call('HSET', KEYS[1], 'u', '1', 'v', (tonumber(had[5]) or now) + 1)
elseif not redis.call('SET', KEYS[3], '1', 'NX', 'EX', 3600) then
  return 0
end
redis.call('XADD', KEYS[2], '*', 'f', ARGV[3])
return 1
