-- Notes how a user behaved, as another told it.
-- KEYS   1 user, 2 how they were rated in the room, if it is a rating
-- ARGV   1 'a' against them, 'w' withdrawn, 'r' a rating, 2 the complaint, its origin, or the week, 3 of a rating 'u' or 'd'
-- Answer 1 noted, 0 nobody is there
-- Keeps  a complaint of one origin (its first four letters) stands once, the newest five are kept; of several ratings of
--        one room the last counts, once; each week that passed halves the ratings (domain::conduct)
-- Cost   HMGET, HSET or HDEL; a rating a SET that answers what was there
local had = redis.call('HMGET', KEYS[1], 'v', 'c')
if not had[1] then
  return 0
end
local up, down, week, told = string.match(had[2] or '', '^(%d+) (%d+) (%d+)(.*)$')
up, down, week = tonumber(up) or 0, tonumber(down) or 0, tonumber(week) or 0
local complaints = {}
for complaint in string.gmatch(told or '', '%x+') do
  if ARGV[1] == 'r' or string.sub(complaint, 1, 4) ~= string.sub(ARGV[2], 1, 4) then
    complaints[#complaints + 1] = complaint
  end
end
if ARGV[1] == 'a' then
  complaints[#complaints + 1] = ARGV[2]
  if #complaints > 5 then
    table.remove(complaints, 1)
  end
elseif ARGV[1] == 'r' then
  local before = redis.call('SET', KEYS[2], ARGV[3], 'EX', 3600, 'GET')
  if before == ARGV[3] then
    return 1
  end
  local passed = math.max(tonumber(ARGV[2]) - week, 0)
  up, down, week = math.floor(up / 2 ^ passed), math.floor(down / 2 ^ passed), week + passed
  if before then
    up, down = math.max(up - (before == 'u' and 1 or 0), 0), math.max(down - (before == 'd' and 1 or 0), 0)
  end
  if ARGV[3] == 'u' then
    up = math.min(up + 1, 999)
  else
    down = math.min(down + 1, 999)
  end
end
if #complaints == 0 and up == 0 and down == 0 then
  redis.call('HDEL', KEYS[1], 'c')
else
  table.insert(complaints, 1, string.format('%d %d %d', up, down, week))
  redis.call('HSET', KEYS[1], 'c', table.concat(complaints, ' '))
end
return 1
