-- Creates the record of somebody unknown: idle, with a profile and blocks.
-- KEYS   1 user, 7 journal
-- ARGV   1 profile, 2 unreachable ('1' or ''), 3 banned until ('' none), 4 facts, 5 interests and 6 wants of the profile
--        ('' none), 7 number of blocks, the blocks, the facts
-- Answer 1 created, 0 there was one
-- Keeps  facts are noted only by the one call that creates
-- Cost   EXISTS, TIME, HSET (two for somebody new), EXPIRE, one XADD per fact
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
local fields = { 'v', 1, 'p', ARGV[1], 'a', redis.call('TIME')[1] }
-- include: profile
for i, field in ipairs(profile_fields) do
  if ARGV[1 + i] ~= '' then
    fields[#fields + 1] = field
    fields[#fields + 1] = ARGV[1 + i]
  end
end
redis.call('HSET', KEYS[1], unpack(fields))
local facts = 8 + tonumber(ARGV[7])
-- Only who is new to the durable record comes with facts.
if facts <= #ARGV then
  redis.call('HSET', KEYS[1], 'h', fields[6])
end
for i = 8, facts - 1 do
  redis.call('HSET', KEYS[1], 'b' .. ARGV[i], '')
end
redis.call('EXPIRE', KEYS[1], 2592000)
for i = facts, #ARGV do
  redis.call('XADD', KEYS[7], '*', 'f', ARGV[i])
end
return 1
