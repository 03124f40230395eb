-- Notes that an instance lives; answers all that do.
-- KEYS   1 instances
-- ARGV   1 id, 2 life time in ms, 3 roles, 4 address, 5 version
-- Answer {id, roles, address, version} of each
-- Keeps  an instance whose time is over is taken off the list by the next heartbeat of any other
-- Cost   HGETALL of the fleet, TIME, HSET

-- include: clock
local parts = { string.format('%.0f', now + ARGV[2]), ARGV[3], ARGV[4], ARGV[5] }
redis.call('HSET', KEYS[1], ARGV[1], table.concat(parts, '\n'))
local known = redis.call('HGETALL', KEYS[1])
local answer = {}
for i = 1, #known, 2 do
  local til, roles, address, version = string.match(known[i + 1], '^(%d+)\n([^\n]*)\n([^\n]*)\n(.*)$')
  if til and tonumber(til) > now then
    answer[#answer + 1] = { known[i], roles, address, version }
  else
    redis.call('HDEL', KEYS[1], known[i])
  end
end
return answer
