-- Notes that an instance lives; answers all that do.
-- KEYS   1 instances
-- ARGV   1 id, 2 life time in ms, 3 roles, 4 address, 5 version, 6 the channel it listens on, or '', 7 '1' if it may
--        tell who is gone
-- Answer {id, roles, address, version} of each
-- Keeps  an instance whose time is over is taken off the list by the next heartbeat of any other. One that is gone
--        stays on it until then, so that its leases can be taken, and is not told of
-- Cost   HGETALL of the fleet, TIME, HSET, and NUMSUB for itself and each other

-- include: clock
-- include: gone
local parts = { string.format('%.0f', now + ARGV[2]), ARGV[3], ARGV[4], ARGV[5] }
if ARGV[6] ~= '' then
  local listen = redis.pcall('PUBSUB', 'NUMSUB', ARGV[6])
  parts[5] = listen[2] ~= nil and listen[2] > 0 and ARGV[6] or nil
end
redis.call('HSET', KEYS[1], ARGV[1], table.concat(parts, '\n'))
local known = redis.call('HGETALL', KEYS[1])
local answer = {}
for i = 1, #known, 2 do
  local id, stored = known[i], known[i + 1]
  local til, roles, address, version = string.match(stored, '^(%d+)\n([^\n]*)\n([^\n]*)\n([^\n]*)')
  if not til or tonumber(til) <= now then
    redis.call('HDEL', KEYS[1], id)
  elseif ARGV[7] ~= '1' or not is_gone(ARGV[6], stored) then
    answer[#answer + 1] = { id, roles, address, version }
  end
end
return answer
