-- Remembers which room a user left, and for `window` seconds whom they met, and when: the newest twenty. Needs clock.
-- KEYS: 1 user.
local function remember(room, partner, window)
  window = tonumber(window)
  local last = room .. ' ' .. partner .. ' ' .. seconds
  if window == 0 then
    redis.call('HSET', KEYS[1], 'j', last)
    return
  end
  local record, met, over = redis.call('HGETALL', KEYS[1]), {}, {}
  for i = 1, #record, 2 do
    local user = string.match(record[i], '^y(%d+)$')
    if user and user ~= partner then
      local at = tonumber(record[i + 1]) or 0
      if at > seconds - window then
        met[#met + 1] = { at = at, user = tonumber(user), field = record[i] }
      else
        over[#over + 1] = record[i]
      end
    end
  end
  table.sort(met, function(a, b)
    return a.at < b.at or (a.at == b.at and a.user < b.user)
  end)
  for i = 1, #met - 19 do
    over[#over + 1] = met[i].field
  end
  if #over > 0 then
    redis.call('HDEL', KEYS[1], unpack(over))
  end
  redis.call('HSET', KEYS[1], 'y' .. partner, seconds, 'j', last)
end
