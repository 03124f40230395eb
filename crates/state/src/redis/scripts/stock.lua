-- A page of the waiting tickets, who waits longest first.
-- KEYS   1 order, 2 tickets
-- ARGV   1 time from which on they wait, 2 limit
-- Answer {where the next page starts ('' after the last), the stored tickets}
-- Keeps  who stays is on some page: pages go by the time since which one waits, which a ticket keeps for life, and
--        one page holds all of one millisecond
-- Cost   ZRANGE and HMGET of a page
local names = redis.call('ZRANGE', KEYS[1], ARGV[1], '+inf', 'BYSCORE', 'WITHSCORES', 'LIMIT', 0, ARGV[2] + 1)
local following = ''
if #names / 2 > tonumber(ARGV[2]) then
  following = names[#names]
  if following == names[2] then
    -- More than a page of one millisecond: take them all and go on after it.
    names = redis.call('ZRANGE', KEYS[1], following, following, 'BYSCORE', 'WITHSCORES')
    following = string.format('%.0f', following + 1)
  end
end
local page, fields = {}, {}
for i = 1, #names, 2 do
  if following == '' or tonumber(names[i + 1]) < tonumber(following) then
    fields[#fields + 1] = names[i]
  end
end
for first = 1, #fields, 1000 do
  local stored = redis.call('HMGET', KEYS[2], unpack(fields, first, math.min(first + 999, #fields)))
  for i = 1, #stored do
    page[#page + 1] = stored[i]
  end
end
return { following, page }
