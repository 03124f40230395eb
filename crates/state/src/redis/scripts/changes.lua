-- Changes of a pool after a cursor.
-- KEYS   1 changes, 2 asleep, 3 gone
-- ARGV   1 milliseconds and 2 sequence of the cursor, 3 limit, 4 '1' if who asks is the leader and sleeps
-- Answer {the changes as the stream holds them, one more than the limit if there are more}; nil if the feed does not
--        reach back to the cursor
-- Keeps  a leader forgets what is older than two minutes, of the feed all but the newest: nobody reads so far back
--        a leader who has read all there is sleeps: the next ticket that is added rings, so none comes in unnoticed;
--        for anybody else nothing is written
--        no gap goes unnoticed: neither changes that were cut off, nor a feed that was lost and began anew
-- Cost   two XRANGE of one and one of the page, SET, TIME, ZREMRANGEBYSCORE and XTRIM; XINFO only for a cursor older than
--        the feed
local function before(id, ms, sequence)
  local a, b = string.match(id, '^(%d+)-(%d+)$')
  a, b, ms, sequence = tonumber(a), tonumber(b), tonumber(ms), tonumber(sequence)
  return a < ms or (a == ms and b < sequence)
end

local function sleep()
  if ARGV[4] == '1' then
    redis.call('SET', KEYS[2], '')
    -- include: clock
    -- include: pool
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', (seconds - gone_kept) * gone_span)
    local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
    local until_when = string.format('%.0f', (seconds - gone_kept) * 1000)
    if last then
      redis.call('XTRIM', KEYS[1], 'MINID', before(last[1], until_when, '0') and last[1] or until_when)
    end
  end
end

local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not newest then
  if ARGV[1] == '0' and ARGV[2] == '0' then
    sleep()
    return { {} }
  end
  return false
end
if before(newest[1], ARGV[1], ARGV[2]) then
  return false
end
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not before(oldest[1], ARGV[1], ARGV[2]) and oldest[1] ~= ARGV[1] .. '-' .. ARGV[2] then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  local length, added = 0, 0
  for i = 1, #info, 2 do
    if info[i] == 'length' then
      length = info[i + 1]
    elseif info[i] == 'entries-added' then
      added = info[i + 1]
    end
  end
  if added > length then
    return false
  end
end
local page = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1] .. '-' .. ARGV[2], '+', 'COUNT', ARGV[3] + 1)
if #page <= tonumber(ARGV[3]) then
  sleep()
end
return { page }
