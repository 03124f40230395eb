-- An update of this user came in: reads the record and notes the activity.
-- KEYS   1 user
-- Answer the record's fields and values, then seconds and microseconds of the time; '!' first if the key is no hash
-- Keeps  activity is whole seconds, so a lively user costs one write a second; an idle record's 30 days begin anew
-- Cost   HGETALL of some 20 short fields and TIME, at most one HSET
local time = redis.call('TIME')
local record = redis.pcall('HGETALL', KEYS[1])
if record.err then
  return { '!', time[1], time[2] }
end
local active, idle = nil, true
for i = 1, #record, 2 do
  local field = record[i]
  if field == 'a' then
    active = record[i + 1]
    record[i + 1] = time[1]
  elseif field == 's' then
    idle = false
  end
end
if #record > 0 and active ~= time[1] then
  redis.call('HSET', KEYS[1], 'a', time[1])
  local day = math.floor(time[1] / 86400)
  if idle and math.floor((tonumber(active) or 0) / 86400) ~= day then
    redis.call('EXPIRE', KEYS[1], 2592000)
  end
  if not active then
    record[#record + 1] = 'a'
    record[#record + 1] = time[1]
  end
end
record[#record + 1] = time[1]
record[#record + 1] = time[2]
return record
