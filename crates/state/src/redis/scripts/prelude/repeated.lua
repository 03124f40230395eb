-- Notes that a text of this hash was written in the room its writer is in (domain::repeats). KEYS: 1 user. `second` is the
-- time. Changes the record too, which has so many fields and values; answers how many it has then.
local function repeated(record, last, second, hash)
  local at, room
  for i = 1, last - 1, 2 do
    if record[i] == 'ct' then
      at = i
    elseif record[i] == 's' then
      room = string.match(record[i + 1], '^c (%-?%d+) ')
    end
  end
  if not room then
    return last
  end
  local minute, tail, rooms, kept = math.floor(second / 60) % 65536, tonumber(string.match(room, '%d?%d?%d?%d?%d?%d$')), 1, {}
  for text, where, number, when in string.gmatch(at and record[at + 1] or '', '(%x%x%x%x%x%x)(%x%x%x%x%x)(%x)(%x%x%x%x)') do
    if (minute - tonumber(when, 16)) % 65536 < 10 then
      if text ~= hash then
        kept[#kept + 1] = text .. where .. number .. when
      else
        rooms = tonumber(number, 16)
        if tonumber(where, 16) ~= tail then
          rooms = math.min(rooms + 1, 15)
        end
      end
    end
  end
  kept[#kept + 1] = hash .. string.format('%05x%x%04x', tail, rooms, minute)
  if #kept > 3 then
    table.remove(kept, 1)
  end
  local put = table.concat(kept, ' ')
  if not at then
    at, last = last + 1, last + 2
    record[at] = 'ct'
  end
  if record[at + 1] ~= put then
    record[at + 1] = put
    redis.call('HSET', KEYS[1], 'ct', put)
  end
  return last
end
