-- Forgets a user by their own update: whatever they are in ends, and of the record stays what keeps the update from being
-- done twice, a ban from being washed off, and since when they are forgotten.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live, 7 journal, 8 the user's payments, 9 ids of the room that
--        the facts close
-- ARGV   1 user, 2 version that was read, 3 field of the mark, 4 update, 5 era, 6 bot, 7 since when they are forgotten,
--        8 profile, 9 unreachable, 10 banned until, 11 facts, 12 interests and 13 wants of what stays of it, 14 number of
--        entries, bot and body of each entry, the facts
-- Answer 0 done, 1 done before, 2 the record is another
-- Keeps  all fields but version, marks and activity go, of whatever version of Hamdam they are
-- Cost   HMGET, TIME, HKEYS, HDEL, HSET, DEL; an end HINCRBY, ZREM and EXPIRE; three calls per entry, one per fact

-- include: clock
-- include: mark
-- include: outbox
-- include: session
local had = redis.call('HMGET', KEYS[1], 'v', ARGV[3], 's')
if not had[1] then
  return 2
end
if covers(had[2], ARGV[4], ARGV[5]) then
  return 1
end
if had[1] ~= ARGV[2] then
  return 2
end
local from = place(had[3])
local gone = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if field ~= 'v' and field ~= 'a' and string.byte(field) ~= 109 then
    gone[#gone + 1] = field
  end
end
if #gone > 0 then
  redis.call('HDEL', KEYS[1], unpack(gone))
end
local mark = mark_of(ARGV[4], ARGV[5])
local fields = { 'v', after(had[1]), ARGV[3], mark, 'f', ARGV[6] .. ' ' .. mark, 'F', ARGV[7], 'p', ARGV[8] }
-- include: profile
for i, field in ipairs(profile_fields) do
  if ARGV[8 + i] ~= '' then
    fields[#fields + 1] = field
    fields[#fields + 1] = ARGV[8 + i]
  end
end
redis.call('HSET', KEYS[1], unpack(fields))
moved(ARGV[1], from, nil)
redis.call('DEL', KEYS[8])
if KEYS[9] then
  redis.call('EXPIRE', KEYS[9], 3600)
end
local said, speaks = 15, ARGV[8]
-- include: say_and_note
return 0
