-- An update of this user came in: reads the record and notes the activity.
-- KEYS   1 user, 2 outbox
-- ARGV   1 "bot:message" if the update brought a message
-- Answer fields and values of the record, then seconds and microseconds of the time, one to a line (one string costs
--        Redis a fifth less than thirty); '!' instead of the record if the key is no hash
-- Keeps  activity is whole seconds, so a lively user costs one write a second; an idle record's 30 days begin anew
--        what tells of a room is kept until a message stands behind it
-- Cost   HGETALL of some 10 short fields and TIME, at most one HSET; XRANGE while a room's notice is on its way, HDEL
--        once per room
local record = redis.pcall('HGETALL', KEYS[1])
local time = redis.call('TIME')
local last = #record
if record.err then
  record, last = { '!' }, 1
elseif last > 0 then
  -- The field stands where enrolling put it; a listpack keeps its order.
  local at = record[5] == 'a' and 6
  for i = 2, at and 0 or last, 2 do
    if record[i - 1] == 'a' then
      at = i
    end
  end
  local active = at and record[at]
  if active ~= time[1] then
    redis.call('HSET', KEYS[1], 'a', time[1])
    if not at then
      record[last + 1], at, last = 'a', last + 2, last + 2
    end
    record[at] = time[1]
    local day = math.floor(time[1] / 86400)
    if math.floor((tonumber(active) or 0) / 86400) ~= day and redis.call('HEXISTS', KEYS[1], 's') == 0 then
      redis.call('EXPIRE', KEYS[1], 2592000)
    end
  end
end
record[last + 1], record[last + 2] = time[1], time[2]
local answer = table.concat(record, '\n')
-- Few records tell of a room to somebody who has not written in it, and one search in C finds nearly all that do not.
if string.find(answer, '\ne\n', 1, true) then
  -- include: announced
  local at = spent_at(record, last, ARGV[1])
  if at then
    redis.call('HDEL', KEYS[1], 'e')
    table.remove(record, at)
    table.remove(record, at)
    return table.concat(record, '\n')
  end
end
return answer
