-- What is to be said to the user, and the facts. The argument before number `said` is how many entries there are; of
-- each its bot and its body follow, then the facts. `speaks` is the profile of who is spoken to.
local facts = said + 2 * tonumber(ARGV[said - 1])
for i = said, facts - 1, 2 do
  append(ARGV[1], ARGV[i], speaks, ARGV[i + 1])
end
for i = facts, #ARGV do
  redis.call('XADD', KEYS[7], '*', 'f', ARGV[i])
end
