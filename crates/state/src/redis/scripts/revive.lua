-- Seats somebody in the room that the durable record has, after live state lost where they stand.
-- KEYS   1 user, 2 outbox, 3 backlog, 4 asleep, 5 count, 6 live, 7 the user's payments
-- ARGV   1 user, 2 room, 3 partner, 4 ticket, 5 the partner's bot if it is another than one's own, else '', 6 where relay
--        marks begin, 7 messages relayed so far, 8 body of the notice ('' none), 9 profile, 10 unreachable ('1' or ''),
--        11 banned until ('' none), 12 facts, 13 interests and 14 wants of the profile ('' none), then the blocks
-- Answer 0 seated, 1 sits there or is held for it, 2 elsewhere
-- Keeps  whoever waits, talks, is banned, or began anything since (`f`) stays where that led them, so a room of the past
--        never pulls anybody out of the present one; a second call changes nothing
-- Cost   HMGET, EXISTS, TIME, one to four HSET, HVALS, HDEL, HINCRBY, ZADD, PERSIST, with a notice three calls to append;
--        one HSET per block of somebody unknown

-- include: clock
-- include: kept_entry
-- include: outbox
-- include: premium
-- include: profile
-- include: session
local had = redis.call('HMGET', KEYS[1], 's', 'f', 'x', 'v', 'p')
local state, room = place(had[1])
if state then
  return room == ARGV[2] and 1 or 2
end
if had[2] or (had[3] and tonumber(had[3]) > now) then
  return 2
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'p', ARGV[9], 'a', seconds)
  for i, field in ipairs(profile_fields) do
    if ARGV[9 + i] ~= '' then
      redis.call('HSET', KEYS[1], field, ARGV[9 + i])
    end
  end
  local ends = premium_until(KEYS[7])
  if ends then
    redis.call('HSET', KEYS[1], '$', string.format('%.0f', ends))
  end
  for i = 15, #ARGV do
    redis.call('HSET', KEYS[1], 'b' .. ARGV[i], '')
  end
end
redis.call('HSET', KEYS[1], 's', 'c ' .. ARGV[2] .. ' ' .. ARGV[3], 't', ARGV[4], 'g', ARGV[6] .. ' ' .. ARGV[7],
  'v', after(had[4]))
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[1], 'l', ARGV[5])
end
moved(ARGV[1], nil, 'c')
redis.call('PERSIST', KEYS[1])
if ARGV[8] ~= '' then
  local entry = append(ARGV[1], bot_of(ARGV[4]), had[5] or ARGV[9], ARGV[8], true)
  redis.call('HSET', KEYS[1], 'e', kept_entry(entry))
end
return 0
