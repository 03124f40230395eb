-- Creates the record of somebody unknown: idle, with a profile and blocks.
-- KEYS   1 user, 7 journal
-- ARGV   1 profile, 2 unreachable ('1' or ''), 3 banned until ('' none), 4 number of blocks, the blocks, the facts
-- Answer 1 created, 0 there was one
-- Keeps  facts are noted only by the one call that creates
-- Cost   EXISTS, TIME, HSET, EXPIRE, one XADD per fact
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
local fields = { 'v', 1, 'p', ARGV[1], 'a', redis.call('TIME')[1] }
if ARGV[2] ~= '' then
  fields[#fields + 1] = 'u'
  fields[#fields + 1] = '1'
end
if ARGV[3] ~= '' then
  fields[#fields + 1] = 'x'
  fields[#fields + 1] = ARGV[3]
end
redis.call('HSET', KEYS[1], unpack(fields))
local facts = 5 + tonumber(ARGV[4])
for i = 5, facts - 1 do
  redis.call('HSET', KEYS[1], 'b' .. ARGV[i], '')
end
redis.call('EXPIRE', KEYS[1], 2592000)
for i = facts, #ARGV do
  redis.call('XADD', KEYS[7], '*', 'f', ARGV[i])
end
return 1
