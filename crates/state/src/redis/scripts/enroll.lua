-- Creates the record of somebody unknown, or of somebody who was forgotten and came back: idle, with a profile and blocks.
-- KEYS   1 user, 7 journal, 8 the user's payments
-- ARGV   1 profile, 2 unreachable ('1' or ''), 3 banned until ('' none), 4 facts, 5 interests and 6 wants of the profile
--        ('' none), 7 number of blocks, the blocks, the facts
-- Answer 1 created, 0 there was one
-- Keeps  facts are noted only by the one call that creates; marks outlive a forgetting
-- Cost   EXISTS, TIME, HVALS, HSET (two for somebody new), EXPIRE, one XADD per fact; HMGET, HKEYS and HDEL more of who came
--        back

-- include: premium
local version = 1
if redis.call('EXISTS', KEYS[1]) == 1 then
  local had = redis.call('HMGET', KEYS[1], 'F', 'v', 's')
  if not had[1] or had[3] then
    return 0
  end
  version = string.format('%.0f', (tonumber(had[2]) or 0) + 1)
  local gone = {}
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if field ~= 'f' and string.byte(field) ~= 109 then
      gone[#gone + 1] = field
    end
  end
  redis.call('HDEL', KEYS[1], unpack(gone))
end
local fields = { 'v', version, 'p', ARGV[1], 'a', redis.call('TIME')[1] }
-- include: profile
for i, field in ipairs(profile_fields) do
  if ARGV[1 + i] ~= '' then
    fields[#fields + 1] = field
    fields[#fields + 1] = ARGV[1 + i]
  end
end
local ends = premium_until(KEYS[8])
if ends then
  fields[#fields + 1] = '$'
  fields[#fields + 1] = string.format('%.0f', ends)
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
