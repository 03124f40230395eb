-- Where the pool has each of these tickets.
-- KEYS   1 tickets, 2 matched
-- ARGV   for each: ticket, attempt
-- Answer for each: 1 waiting at this attempt, the room of its intent as a string, 0 neither
-- Cost   one or two calls per ticket

-- include: clock
-- include: pool
local answer = {}
for i = 1, #ARGV, 2 do
  if waits_at(KEYS[1], ARGV[i]) == tonumber(ARGV[i + 1]) then
    answer[#answer + 1] = 1
  else
    answer[#answer + 1] = redis.call('HGET', KEYS[2], ARGV[i] .. ':' .. ARGV[i + 1]) or 0
  end
end
return answer
