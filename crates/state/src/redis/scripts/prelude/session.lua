-- Moving a session. Needs clock. KEYS: 1 user, 5 count, 6 live. Stored states: 'w' waiting, 'h room partner' held,
-- 'c room partner' chatting; idle is no state at all.

-- Who is held counts as waiting.
local class = { w = 'w', h = 'w', c = 'c' }

-- Letter, room and partner of a stored state; nil while idle.
local function place(state)
  if state == 'w' then
    return 'w'
  end
  return string.match(state or '', '^([hc]) (%-?%d+) (%-?%d+)$')
end

-- The version after `version`: what an act compares. An unreadable one is followed by the time, which no counter
-- of changes reaches.
local function after(version)
  return (tonumber(version) or now) + 1
end

-- Moves counters, the time in `live` and the life time with a session; `from` and `to` are letters. The idle leave
-- after 30 days.
local function moved(user, from, to)
  local old, new = class[from], class[to]
  if old ~= new then
    if old then
      redis.call('HINCRBY', KEYS[5], old, -1)
    end
    if new then
      redis.call('HINCRBY', KEYS[5], new, 1)
    end
  end
  if new then
    redis.call('ZADD', KEYS[6], now, user)
    if not old then
      redis.call('PERSIST', KEYS[1])
    end
  else
    redis.call('ZREM', KEYS[6], user)
    redis.call('EXPIRE', KEYS[1], 2592000)
  end
end
