-- Numbers pools, so that no two of them ever make the same room id.
-- KEYS   1 numbers
-- ARGV   1 how many numbers there are, then the pools' names
-- Answer the number of each, in order; nothing if there are not enough for all
-- Keeps  a pool keeps its number for ever, and no other gets it; all are numbered, or none
-- Cost   HGETALL; HSET when there are new ones
local known, given, taken = redis.call('HGETALL', KEYS[1]), {}, {}
for i = 1, #known, 2 do
  local number = tonumber(known[i + 1])
  given[known[i]], taken[number] = number, true
end
local answer, new, free = {}, {}, 0
for i = 2, #ARGV do
  local name = ARGV[i]
  if not given[name] then
    while taken[free] do
      free = free + 1
    end
    given[name], taken[free] = free, true
    new[#new + 1], new[#new + 2] = name, free
  end
  answer[#answer + 1] = given[name]
end
if free >= tonumber(ARGV[1]) then
  return {}
end
if #new > 0 then
  redis.call('HSET', KEYS[1], unpack(new))
end
return answer
