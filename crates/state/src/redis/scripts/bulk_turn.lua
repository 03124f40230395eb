-- One turn on a shard's broadcasts: renews the lease, acknowledges, claims what is asked for, reads on.
-- KEYS   1 lease, 2 bulk, 3 claims of its parts, 4 outbox, then for each ack the progress of its broadcast
-- ARGV   1 owner, 2 epoch, 3 life time in ms, 4 id after which is read, 5 limit, 6 id up to which conversations' entries are
--        known, 7 number of acks; for each ack: part, what became of it; then the parts to be claimed
-- Answer {now, 1 if conversations go first, 1 if the limit cut, the claimed parts, id, text and claim ('' none) of each new
--        part}; nil if the lease is lost
-- Keeps  an ack counts once: with its part go its claim and its place in the queue
-- Cost   GET, PEXPIRE, TIME, XRANGE of one, XRANGE; 3 per ack, 2 per claim, one HMGET for what is read

-- include: clock
-- include: lease
if not is_held() then
  return false
end
local bulk, claims, epoch, limit = KEYS[2], KEYS[3], ARGV[2], tonumber(ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local at = 8
for i = 1, ARGV[7] do
  if redis.call('XDEL', bulk, ARGV[at]) == 1 then
    redis.call('HDEL', claims, ARGV[at])
    redis.call('HINCRBY', KEYS[4 + i], ARGV[at + 1], 1)
  end
  at = at + 2
end
local first = #redis.call('XRANGE', KEYS[4], '(' .. ARGV[6], '+', 'COUNT', 1) > 0
local claimed = {}
if not first then
  for i = at, #ARGV do
    if #redis.call('XRANGE', bulk, ARGV[i], ARGV[i]) > 0 then
      redis.call('HSET', claims, ARGV[i], now .. ' ' .. epoch)
      claimed[#claimed + 1] = ARGV[i]
    end
  end
end
local parts, more = {}, false
if limit > 0 then
  local read = redis.call('XRANGE', bulk, '(' .. ARGV[4], '+', 'COUNT', limit + 1)
  more = #read > limit
  if more then
    read[#read] = nil
  end
  if #read > 0 then
    local names = {}
    for i = 1, #read do
      names[i] = read[i][1]
    end
    local standing = redis.call('HMGET', claims, unpack(names))
    for i = 1, #read do
      parts[3 * i - 2], parts[3 * i - 1], parts[3 * i] = read[i][1], read[i][2][2], standing[i] or ''
    end
  end
end
return { now, first and 1 or 0, more and 1 or 0, claimed, parts }
