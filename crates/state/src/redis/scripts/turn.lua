-- One turn of a shard's sender: renews the lease, acknowledges, claims, reads on and claims what is new.
-- KEYS   1 lease, 2 outbox, 3 backlog, 4 asleep, 5 claims, 6 journal, then user and ids for each ack with ids
-- ARGV   1 owner, 2 epoch, 3 life time in ms, 4 id after which is read, 5 limit, 6 '1' to sleep,
--        7 number of acks, 8 of claims, 9 of bots with permits, 10 of deferred chats;
--        for each ack: entry, chat, '1' with ids or '0', [here, there, room,] number of facts, the facts;
--        for each claim: entry; for each bot: bot, permits; for each deferred chat: chat
-- Answer {now, 1 if the limit cut, the claimed entries, {id, head, body} of each new entry}; nil if the lease is lost
-- Keeps  an ack counts once: with its entry go its facts, its place in the backlog and its claim. One claim per chat,
--        under the holder's epoch; an earlier holder's claim is taken over only when it is asked for
-- Cost   GET, PEXPIRE, TIME, XRANGE; up to 8 calls per ack, 3 per asked-for claim, 2 per claim of a new entry
if not is_held() then
  return false
end
local outbox, backlog, claims = KEYS[2], KEYS[3], KEYS[5]
local epoch, limit = ARGV[2], tonumber(ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[3])

-- A claim is "entry ms epoch".
local function claim(chat, entry)
  redis.call('HSET', claims, chat, entry .. ' ' .. now .. ' ' .. epoch)
end

-- The map goes with the room: 30 days at most while it lasts, an hour for what is acknowledged after its end.
local function remember(user, ids, here, there, room)
  redis.call('ZADD', ids, here, there)
  local count = redis.call('ZCARD', ids)
  if count == 1 then
    redis.call('EXPIRE', ids, redis.call('HGET', user, 'r') == room and 2592000 or 3600)
  elseif count > 100 then
    redis.call('ZREMRANGEBYRANK', ids, 0, count - 101)
  end
end

local at, key = 11, 7
for _ = 1, ARGV[7] do
  local entry, chat, with_ids = ARGV[at], ARGV[at + 1], ARGV[at + 2] == '1'
  local facts = at + (with_ids and 6 or 3)
  local following = facts + 1 + ARGV[facts]
  if redis.call('XDEL', outbox, entry) == 1 then
    local claimed = redis.call('HGET', claims, chat)
    if claimed and string.match(claimed, '^%S+') == entry then
      redis.call('HDEL', claims, chat)
    end
    if redis.call('HINCRBY', backlog, chat, -1) <= 0 then
      redis.call('HDEL', backlog, chat)
    end
    if with_ids then
      remember(KEYS[key], KEYS[key + 1], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5])
    end
    for i = facts + 1, following - 1 do
      redis.call('XADD', KEYS[6], '*', 'f', ARGV[i])
    end
  end
  key = with_ids and key + 2 or key
  at = following
end

local claimed = {}
for _ = 1, ARGV[8] do
  local entry = ARGV[at]
  local stored = redis.call('XRANGE', outbox, entry, entry)[1]
  if stored then
    local chat = string.match(stored[2][2], '^%-?%d+:%d+')
    local standing = redis.call('HGET', claims, chat)
    if not standing or string.match(standing, '^%S+') == entry then
      claim(chat, entry)
      claimed[#claimed + 1] = entry
    end
  end
  at = at + 1
end

local permits, closed = {}, {}
for _ = 1, ARGV[9] do
  permits[ARGV[at]] = tonumber(ARGV[at + 1])
  at = at + 2
end
for _ = 1, ARGV[10] do
  closed[ARGV[at]] = true
  at = at + 1
end

local read = redis.call('XRANGE', outbox, '(' .. ARGV[4], '+', 'COUNT', limit + 1)
local more = #read > limit
if more then
  read[#read] = nil
end
local entries = {}
for i = 1, #read do
  local entry, head = read[i][1], read[i][2][2]
  entries[i] = { entry, head, read[i][2][4] }
  local chat, bot = string.match(head, '^(%-?%d+:(%d+))')
  local left = permits[bot] or 0
  if left > 0 and not closed[chat] then
    local standing = redis.call('HGET', claims, chat)
    local of, under = string.match(standing or '', '^(%S+) %S+ (%S+)$')
    -- A claim of this epoch on the same entry is this very turn, sent twice.
    if not standing or (of == entry and under == epoch) then
      claim(chat, entry)
      claimed[#claimed + 1] = entry
      permits[bot] = left - 1
      closed[chat] = true
    end
  end
end

if ARGV[6] == '1' and not more then
  redis.call('SET', KEYS[4], '1')
else
  redis.call('DEL', KEYS[4])
end
return { now, more and 1 or 0, claimed, entries }
