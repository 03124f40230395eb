-- An update of this user came in: reads the record and notes the activity.
-- KEYS   1 user, 2 outbox
-- ARGV   1 "bot:message" if the update brought a message, else '', 2 "bot:update" if it is counted, 3 thousandths of an
--        update that leave the bucket in a second, 4 as many as are counted at most, 5 a hash of its text, or '',
--        6 a hash of its text if that could be advertising
-- Answer fields and values of the record, then seconds and microseconds of the time, one to a line (one string costs
--        Redis a fifth less than thirty); '!' instead of the record if the key is no hash
-- Keeps  activity is whole seconds, so a lively user costs one write a second; an idle record's 30 days begin anew
--        what tells of a room is kept until a message stands behind it
--        whoever takes more than a second between two updates is not counted, and pays nothing for it
-- Cost   HGETALL of some 10 short fields and TIME, at most one HSET; XRANGE while a room's notice is on its way, HDEL
--        once per room; another HSET for an update in the second of the last or the next one, and HDEL behind the last
--        of them; another HSET for what could be advertising
local record = redis.pcall('HGETALL', KEYS[1])
local time = redis.call('TIME')
local last, lively = #record, false
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
  lively = tonumber(active) and time[1] - active <= 1
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
-- Few records tell of a room to somebody who has not written in it, few people are in a hurry, and one search in C each
-- finds nearly all that do not, and are not.
local counts = ARGV[2] and ARGV[2] ~= '' and (lively or string.find(answer, '\nca\n', 1, true))
if last > 1 and (counts or ARGV[6]) then
  if counts then
    -- include: paced
    last = paced(record, last, time[1], lively, ARGV[2], ARGV[3], ARGV[4], ARGV[5])
  end
  if ARGV[6] then
    -- include: repeated
    last = repeated(record, last, time[1], ARGV[6])
  end
  record[last + 1], record[last + 2] = time[1], time[2]
  answer = table.concat(record, '\n', 1, last + 2)
end
if string.find(answer, '\ne\n', 1, true) then
  -- include: announced
  local at = spent_at(record, last, ARGV[1])
  if at then
    redis.call('HDEL', KEYS[1], 'e')
    table.remove(record, at)
    table.remove(record, at)
    return table.concat(record, '\n', 1, last)
  end
end
return answer
