-- Counts an update in the record's bucket (domain::haste::Pace). KEYS: 1 user. `put` is "bot:update", `drain` and `most`
-- thousandths of an update, `text` a hash or "". Changes the record too, which has so many fields and values; answers
-- how many it has then.
local function paced(record, last, second, lively, put, drain, most, text)
  local at
  for i = 1, last - 1, 2 do
    if record[i] == 'ca' then
      at = i
    end
  end
  local level, since, bot, update, said =
    string.match(at and record[at + 1] or '', '^(%d+) (%d+) (%d+):(%-?%d+) (%d*)$')
  local by, number = string.match(put, '^(%d+):(%-?%d+)$')
  if bot == by and tonumber(number) <= tonumber(update) then
    return last
  end
  local left = level and math.max(level - math.max(second - since, 0) * drain, 0) or 0
  if left > 0 or lively then
    local weight = text ~= '' and text == said and 5000 or 1000
    if not at then
      at, last = last + 1, last + 2
      record[at] = 'ca'
    end
    record[at + 1] = string.format('%d %s %s %s', math.min(left + weight, most), second, put, text)
    redis.call('HSET', KEYS[1], 'ca', record[at + 1])
  elseif at then
    redis.call('HDEL', KEYS[1], 'ca')
    table.remove(record, at)
    table.remove(record, at)
    last = last - 2
  end
  return last
end
