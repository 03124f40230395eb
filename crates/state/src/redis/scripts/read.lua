-- Reads a record.
-- KEYS   1 user
-- Answer as arrive
-- Cost   HGETALL and TIME
local record = redis.pcall('HGETALL', KEYS[1])
local time = redis.call('TIME')
if record.err then
  record = { '!' }
end
local last = #record
record[last + 1], record[last + 2] = time[1], time[2]
return table.concat(record, '\n')
