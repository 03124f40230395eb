-- Puts a pseudonym in place of somebody who is forgotten, in the record of whoever knew them.
-- KEYS   1 user
-- ARGV   1 who is forgotten, 2 the pseudonym
-- Answer 1 the record named them, 0 it did not
-- Keeps  whom the user blocked stays blocked, and whom they were in a room with last can be reported; that they met is
--        forgotten. An act that read the block list before has to look again
-- Cost   HMGET, and HDEL and HSET if they are named
local block = 'b' .. ARGV[1]
local had = redis.call('HMGET', KEYS[1], 'v', 'j', block, 'y' .. ARGV[1])
if not had[1] then
  return 0
end
local fields = {}
local room, partner, second = string.match(had[2] or '', '^(%-?%d+) (%-?%d+) (%d+)$')
if partner == ARGV[1] then
  fields = { 'j', room .. ' ' .. ARGV[2] .. ' ' .. second }
end
if had[3] then
  fields[#fields + 1], fields[#fields + 2] = 'b' .. ARGV[2], ''
end
if #fields == 0 and not had[4] then
  return 0
end
redis.call('HDEL', KEYS[1], block, 'y' .. ARGV[1])
fields[#fields + 1], fields[#fields + 2] = 'v', string.format('%.0f', (tonumber(had[1]) or 0) + 1)
redis.call('HSET', KEYS[1], unpack(fields))
return 1
