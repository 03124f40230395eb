-- The one step that moves a session by its own user's update: compare, move, answer, mark.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live, 7 journal, 8 ids of the room that the facts close
-- ARGV   1 user, 2 version that was read, 3 field of the mark, 4 update, 5 era, 6 bot if the update begins a state,
--        7 new state ('-' none, '' idle, 'w', 'h', 'c'), 8 room, 9 partner, 10 ticket, 11 attempt, 12 pool,
--        13 waiting since, 14 profile ('' stays), 15 unreachable, 16 banned until, 17 facts, 18 interests, 19 wants of
--        the profile, 20 seconds for which it is remembered whom one met, 21 what the next text answers ('-' stays, ''
--        nothing), 22 whom the user blocks ('' nobody), 23 what waits for a word whether it is to be sent ('-' stays, ''
--        nothing), 24 what slows them down ('-' stays, '' nothing), 25 whether they are in the required
--        channel ('-' stays), 26 number of entries, bot and body of each entry, the facts
-- Answer 0 done, 1 done before, 2 the record is another
-- Keeps  mark and move are one step; whatever the old state stored goes with it; the version grows with every change
--        that another act must not overlook
-- Cost   HMGET, TIME, HSET; a move HDEL, HINCRBY, ZADD and PERSIST, out of a room three calls to remember; three calls per entry, one per fact

-- include: clock
-- include: mark
-- include: outbox
-- include: session
local had = redis.call('HMGET', KEYS[1], 'v', ARGV[3], 's', 'p', 't')
if not had[1] then
  return 2
end
if covers(had[2], ARGV[4], ARGV[5]) then
  return 1
end
if had[1] ~= ARGV[2] then
  return 2
end

local mark = mark_of(ARGV[4], ARGV[5])
local fields = { ARGV[3], mark }
local function put(field, value)
  fields[#fields + 1] = field
  fields[#fields + 1] = value
end
local from, room, partner = place(had[3])
local to, profile = ARGV[7], had[4]
if ARGV[6] ~= '' then
  put('f', ARGV[6] .. ' ' .. mark)
end
if ARGV[14] ~= '' then
  profile = ARGV[14]
  put('p', profile)
  redis.call('HDEL', KEYS[1], 'u', 'x', 'd', 'i', 'w')
  -- include: profile
  for i, field in ipairs(profile_fields) do
    if ARGV[14 + i] ~= '' then
      put(field, ARGV[14 + i])
    end
  end
end
if ARGV[21] == '' then
  redis.call('HDEL', KEYS[1], 'q')
elseif ARGV[21] ~= '-' then
  put('q', ARGV[21])
end
if ARGV[23] == '' then
  redis.call('HDEL', KEYS[1], 'k')
elseif ARGV[23] ~= '-' then
  put('k', ARGV[23])
end
if ARGV[24] == '' then
  redis.call('HDEL', KEYS[1], 'cb')
elseif ARGV[24] ~= '-' then
  put('cb', ARGV[24])
end
if ARGV[25] ~= '-' then
  put('cj', ARGV[25])
end
if to ~= '-' then
  if from then
    redis.call('HDEL', KEYS[1], 's', 't', 'n', 'o', 'z')
    -- The message tells of a search as long as it goes on.
    if had[5] ~= ARGV[10] or to == 'c' then
      redis.call('HDEL', KEYS[1], 'y')
    end
    if room and room ~= ARGV[8] then
      redis.call('HDEL', KEYS[1],
      -- include: room_fields
      )
      if KEYS[8] then
        redis.call('EXPIRE', KEYS[8], 3600)
      end
    end
  end
  if to ~= '' then
    put('s', to == 'w' and 'w' or to .. ' ' .. ARGV[8] .. ' ' .. ARGV[9])
    put('t', ARGV[10])
    if to ~= 'c' then
      put('n', ARGV[11])
      put('o', ARGV[12])
      put('z', ARGV[13])
    end
  end
end
if ARGV[22] ~= '' then
  put('b' .. ARGV[22], '')
end
if to ~= '-' or ARGV[6] ~= '' or ARGV[14] ~= '' or ARGV[21] ~= '-' or ARGV[22] ~= '' or ARGV[23] ~= '-'
  or ARGV[24] ~= '-' then
  put('v', after(had[1]))
end
redis.call('HSET', KEYS[1], unpack(fields))
if to ~= '-' then
  moved(ARGV[1], from, to)
  if from == 'c' and room ~= ARGV[8] then
    -- include: remember
    remember(room, partner, ARGV[20])
  end
end
local said, speaks = 27, profile
-- include: say_and_note
return 0
