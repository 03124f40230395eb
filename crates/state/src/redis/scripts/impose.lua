-- Changes a user's record by somebody else's decision: compare, change, tell, note.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live, 7 journal, 8 the decision's name, 9 ids of the room that
--        the facts close
-- ARGV   1 user, 2 version that was read, 3 '1' if what they are in ends, 4 profile, 5 unreachable, 6 banned until,
--        7 facts, 8 interests, 9 wants of the profile, 10 seconds for which it is remembered whom one met,
--        11 number of entries, bot and body of each entry, the facts
-- Answer 0 done, 1 done before, 2 the record is another, or nobody is there
-- Keeps  a decision takes effect once; an act that read the record before it has to look again
-- Cost   HMGET, EXISTS, SET, HDEL, HSET and TIME; an end some 6 calls; three calls per entry, one per fact

-- include: clock
-- include: outbox
-- include: session
-- include: remember
local had = redis.call('HMGET', KEYS[1], 'v', 's')
if redis.call('EXISTS', KEYS[8]) == 1 then
  return 1
end
if had[1] ~= ARGV[2] then
  return 2
end
local from, room, partner = place(had[2])
redis.call('SET', KEYS[8], '1', 'EX', 3600)
local fields = { 'v', after(had[1]), 'p', ARGV[4] }
redis.call('HDEL', KEYS[1], 'u', 'x', 'd', 'i', 'w')
-- include: profile
for i, field in ipairs(profile_fields) do
  if ARGV[4 + i] ~= '' then
    fields[#fields + 1] = field
    fields[#fields + 1] = ARGV[4 + i]
  end
end
redis.call('HSET', KEYS[1], unpack(fields))
if ARGV[3] == '1' and from then
  redis.call('HDEL', KEYS[1], 's', 't', 'n', 'o', 'z', 'y', 'q',
  -- include: room_fields
  )
  moved(ARGV[1], from, nil)
  if from == 'c' then
    remember(room, partner, ARGV[10])
  end
  if KEYS[9] then
    redis.call('EXPIRE', KEYS[9], 3600)
  end
end
local said, speaks = 12, ARGV[4]
-- include: say_and_note
return 0
