-- Mends rubbish in a record, if it is still there: what could be read is kept.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live
-- ARGV   1 user, 2 '1' to drop the whole record, 3 what the session counted as ('w', 'c', '' unknown) if it becomes
--        idle or goes, '-' if it stays, then for each field: its name, what was found, what is put there ('': nothing)
-- Answer 1 mended, 0 the record is no longer what was read
-- Keeps  counters and `live` follow a session that becomes idle
-- Cost   one HGET and one write per unreadable field; rubbish is rare
local readable = redis.call('TYPE', KEYS[1]).ok == 'hash'
if readable then
  for i = 4, #ARGV, 3 do
    if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then
      return 0
    end
  end
end
if ARGV[2] == '1' or not readable then
  redis.call('DEL', KEYS[1])
else
  for i = 4, #ARGV, 3 do
    if ARGV[i + 2] == '' then
      redis.call('HDEL', KEYS[1], ARGV[i])
    else
      redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
    end
  end
end
if ARGV[3] ~= '-' and redis.call('ZREM', KEYS[6], ARGV[1]) == 1 then
  redis.call('HINCRBY', KEYS[5], ARGV[3] == '' and 'c' or ARGV[3], -1)
  redis.call('EXPIRE', KEYS[1], 2592000)
end
return 1
