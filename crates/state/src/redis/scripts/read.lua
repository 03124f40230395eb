-- Reads a record.
-- KEYS   1 user, 2 outbox, 3 claims
-- ARGV   1 user
-- Answer as arrive
-- Cost   HGETALL and TIME; HGET and XRANGE while a room may be unannounced
local record = redis.pcall('HGETALL', KEYS[1])
local time = redis.call('TIME')
if record.err then
  record = { '!' }
end
-- include: announced
local at = announced_at(ARGV[1], record, #record)
if at then
  table.remove(record, at)
  table.remove(record, at)
end
local last = #record
record[last + 1], record[last + 2] = time[1], time[2]
return table.concat(record, '\n')
