-- Reads a record.
-- KEYS   1 user
-- Answer as arrive
-- Cost   HGETALL and TIME
local time = redis.call('TIME')
local record = redis.pcall('HGETALL', KEYS[1])
if record.err then
  return { '!', time[1], time[2] }
end
record[#record + 1] = time[1]
record[#record + 1] = time[2]
return record
