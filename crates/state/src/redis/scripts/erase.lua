-- Drops what a forgetting left of a record, unless its user came back.
-- KEYS   1 user
-- ARGV   1 since when they were forgotten, then whoever blocked them before
-- Answer 1 nothing is left, 0 they came back, or were forgotten anew
-- Keeps  who came back is not to meet those who blocked them: they are on the own list then
-- Cost   HMGET, and DEL, or HSET
local had = redis.call('HMGET', KEYS[1], 'v', 'F')
if not had[1] then
  return 1
end
if had[2] == ARGV[1] then
  redis.call('DEL', KEYS[1])
  return 1
end
if not had[2] and #ARGV > 1 then
  local fields = { 'v', string.format('%.0f', (tonumber(had[1]) or 0) + 1) }
  for i = 2, #ARGV do
    fields[#fields + 1] = 'b' .. ARGV[i]
    fields[#fields + 1] = ''
  end
  redis.call('HSET', KEYS[1], unpack(fields))
end
return 0
