-- One turn of a shard's sender: renews the lease, acknowledges, claims, reads on and claims what is new.
-- KEYS   1 lease, 2 outbox, 3 backlog, 4 asleep, 5 claims, 6 journal, then user and ids for each ack with a pair of ids,
--        user for each ack with a message or a search
-- ARGV   1 owner, 2 epoch, 3 life time in ms, 4 id after which is read, 5 limit, 6 '1' to sleep,
--        7 number of acks, 8 of claims, 9 of bots with permits, 10 of deferred chats;
--        for each ack: entry, chat, what is remembered (a pair of ids, '-' and the id of the message that tells of a
--        room, '=', ticket and the id of the message that tells of its search, or ''), number of facts, the facts;
--        for each claim: entry; for each bot: bot, permits; for each deferred chat: chat
-- Answer {now, 1 if the limit cut, the claimed entries, id and text of each new entry}; nil if the lease is lost
-- Keeps  an ack counts once: with its entry go its facts, its place in the backlog and its claim. One claim per chat,
--        under the holder's epoch; an earlier holder's claim is taken over only when it is asked for
-- Cost   GET, PEXPIRE, TIME, XRANGE and some 5 calls for all claims together; 4 per ack of a copied message or
--        of the notice of a room, 2 per other ack, 1 per asked-for claim

-- include: clock
-- include: lease
if not is_held() then
  return false
end
local outbox, backlog, claims = KEYS[2], KEYS[3], KEYS[5]
local epoch, limit = ARGV[2], tonumber(ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[3])

-- The map goes with the room: 30 days at most while it lasts, an hour for what is acknowledged after its end.
local function remember(user, ids, pair)
  local count = redis.call('RPUSH', ids, pair)
  if count == 1 then
    local room = string.match(ids, ':ids:(%-?%d+):')
    local present = string.match(redis.call('HGET', user, 's') or '', '^[hc] (%-?%d+) ') == room
    redis.call('EXPIRE', ids, present and 2592000 or 3600)
  elseif count > 100 then
    redis.call('LPOP', ids)
  end
end

-- Where a record waits for this entry to tell of the room, the message takes its place.
local function announce(user, entry, message)
  -- include: kept_entry
  local kept = kept_entry(entry)
  if kept ~= '0' and redis.pcall('HGET', user, 'e') == kept then
    redis.call('HSET', user, 'e', message)
  end
end

-- Where somebody still searches by this ticket, it is known which message tells of it.
local function show_search(user, ticket, message)
  local had = redis.call('HMGET', user, 's', 't')
  local state = string.byte(had[1] or '')
  if (state == 119 or state == 104) and had[2] == ticket then
    redis.call('HSET', user, 'y', message)
  end
end

-- A claim is "entry ms epoch"; answers its entry and epoch.
local function claim_of(stored)
  return string.match(stored or '', '^(%S+) %S+ (%S+)$')
end

local at, key = 11, 7
local done, done_chats, emptied = {}, {}, {}
for _ = 1, ARGV[7] do
  local entry, chat, keep = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local following, announces, searches = at + 4 + ARGV[at + 3], string.byte(keep) == 45, string.byte(keep) == 61
  if redis.call('XDEL', outbox, entry) == 1 then
    done[#done + 1], done_chats[#done_chats + 1] = entry, chat
    if redis.call('HINCRBY', backlog, chat, -1) <= 0 then
      emptied[#emptied + 1] = chat
    end
    if announces then
      announce(KEYS[key], entry, keep)
    elseif searches then
      show_search(KEYS[key], string.match(keep, '^=(%S+) (%d+)$'))
    elseif keep ~= '' then
      remember(KEYS[key], KEYS[key + 1], keep)
    end
    for i = at + 4, following - 1 do
      redis.call('XADD', KEYS[6], '*', 'f', ARGV[i])
    end
  end
  key = key + ((announces or searches) and 1 or keep ~= '' and 2 or 0)
  at = following
end
if #emptied > 0 then
  redis.call('HDEL', backlog, unpack(emptied))
end
if #done > 0 then
  local lifted = {}
  for i, stored in ipairs(redis.call('HMGET', claims, unpack(done_chats))) do
    if claim_of(stored) == done[i] then
      lifted[#lifted + 1] = done_chats[i]
    end
  end
  if #lifted > 0 then
    redis.call('HDEL', claims, unpack(lifted))
  end
end

-- What is asked for, then what is new: chat and entry by turns. An asked-for claim takes over an earlier one on the
-- same entry; a new entry's claim of this epoch on the same entry is this very turn, sent twice.
local wanted, wanted_chats = {}, {}
for _ = 1, ARGV[8] do
  local stored = redis.call('XRANGE', outbox, ARGV[at], ARGV[at])[1]
  if stored then
    wanted[#wanted + 1] = ARGV[at]
    wanted_chats[#wanted_chats + 1] = string.match(stored[2][2], '^%-?%d+:%d+')
  end
  at = at + 1
end
local asked = #wanted

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
  local entry, text = read[i][1], read[i][2][2]
  entries[2 * i - 1], entries[2 * i] = entry, text
  local chat, bot = string.match(text, '^(%-?%d+:(%d+))')
  if permits[bot] and permits[bot] > 0 and not closed[chat] then
    wanted[#wanted + 1], wanted_chats[#wanted_chats + 1] = entry, chat
  end
end

local claimed, put = {}, {}
if #wanted > 0 then
  local standing, made = redis.call('HMGET', claims, unpack(wanted_chats)), {}
  for i = 1, #wanted do
    local entry, chat = wanted[i], wanted_chats[i]
    local of, under = claim_of(standing[i])
    of = made[chat] or of
    local bot = string.match(chat, '%d+$')
    local free
    if i <= asked then
      free = not of or of == entry
    else
      free = not closed[chat] and permits[bot] > 0
        and (not of or (of == entry and (made[chat] or under == epoch)))
      if free then
        closed[chat] = true
        permits[bot] = permits[bot] - 1
      end
    end
    if free then
      made[chat] = entry
      claimed[#claimed + 1] = entry
      put[#put + 1], put[#put + 2] = chat, entry .. ' ' .. now .. ' ' .. epoch
    end
  end
  if #put > 0 then
    redis.call('HSET', claims, unpack(put))
  end
end

if ARGV[6] == '1' and not more then
  redis.call('SET', KEYS[4], '1')
else
  redis.call('DEL', KEYS[4])
end
return { now, more and 1 or 0, claimed, entries }
