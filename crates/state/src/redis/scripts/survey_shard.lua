-- How a shard stands, for somebody who watches.
-- KEYS   1 outbox, 2 journal, 3 count, 4 lease
-- Answer {now, outbox, age of its oldest in ms, ever appended, journal, age of its oldest in ms, ever noted, waiting, chatting,
--        "epoch owner" or ''}
-- Cost   two XINFO STREAM, HMGET, GET, TIME

-- include: clock
local function stream(key)
  local info = redis.pcall('XINFO', 'STREAM', key)
  if info.err then
    return { 0, 0, 0 }
  end
  local told = {}
  for i = 1, #info, 2 do
    told[info[i]] = info[i + 1]
  end
  local first = told['first-entry']
  local age = first and math.max(0, now - string.match(first[1], '^%d+')) or 0
  return { told['length'], age, told['entries-added'] or 0 }
end

local out, journal = stream(KEYS[1]), stream(KEYS[2])
local count = redis.call('HMGET', KEYS[3], 'w', 'c')
return {
  now, out[1], out[2], out[3], journal[1], journal[2], journal[3],
  tonumber(count[1]) or 0, tonumber(count[2]) or 0, redis.call('GET', KEYS[4]) or '',
}
