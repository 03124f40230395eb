-- Reads a record.
-- KEYS   1 user, 2 outbox
-- ARGV   none
-- Answer as arrive
-- Cost   HGETALL and TIME; XRANGE while a room's notice is on its way
local record = redis.pcall('HGETALL', KEYS[1])
local time = redis.call('TIME')
if record.err then
  record = { '!' }
end
-- include: announced
local at = spent_at(record, #record)
if at then
  table.remove(record, at)
  table.remove(record, at)
end
local last = #record
record[last + 1], record[last + 2] = time[1], time[2]
return table.concat(record, '\n')
