-- Users who are not idle and entered their present state before a time.
-- KEYS   the shard's parts of `live`
-- ARGV   1 before, 2 how many of each part
-- Answer for each part: users and times, oldest first
-- Cost   one ZRANGE per part
local answer = {}
for i = 1, #KEYS do
  answer[i] = redis.call('ZRANGE', KEYS[i], '-inf', '(' .. ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[2], 'WITHSCORES')
end
return answer
