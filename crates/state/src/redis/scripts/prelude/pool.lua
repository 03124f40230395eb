-- A pool of tickets. Needs clock. A ticket's name is "user:bot:update", a claimant's "user:bot:update:attempt".
-- `gone` scores a ticket by second * 2^20 + the attempt below which every one has left (2^20 - 1: every attempt).

-- How long it is remembered which tickets left, in seconds.
local gone_kept = 120
local gone_span = 1048576

-- Notes that every attempt below `below` has left, and forgets what left long ago.
local function note_gone(gone, ticket, below)
  redis.call('ZREMRANGEBYSCORE', gone, '-inf', (seconds - gone_kept) * gone_span)
  local known = redis.call('ZSCORE', gone, ticket)
  if known then
    below = math.max(below, tonumber(known) % gone_span)
  end
  redis.call('ZADD', gone, seconds * gone_span + math.min(below, gone_span - 1), ticket)
end

-- Whether this attempt has left.
local function is_gone(gone, ticket, attempt)
  local known = redis.call('ZSCORE', gone, ticket)
  if not known then
    return false
  end
  known = tonumber(known)
  return math.floor(known / gone_span) > seconds - gone_kept and attempt < known % gone_span
end

-- The attempt at which a ticket waits, or nil.
local function waits_at(tickets, ticket)
  local stored = redis.call('HGET', tickets, ticket)
  return stored and tonumber(string.match(stored, '^%d+'))
end

-- Tells the lock holder what changed. The feed reaches back 100,000 changes.
local function publish(changes, kind, what)
  redis.call('XADD', changes, 'MAXLEN', '~', 100000, '*', kind, what)
end

-- Adds a ticket, unless it waits already at this attempt or a later one, is in an intent, or is gone. A leader that
-- sleeps is rung once, on the channel that is named like the key it left.
local function add(order, tickets, gone, changes, matched, asleep, ticket, attempt, since, body)
  local number = tonumber(attempt)
  local waits = waits_at(tickets, ticket)
  if waits and waits >= number then
    return 0
  end
  if is_gone(gone, ticket, number) or redis.call('HEXISTS', matched, ticket .. ':' .. attempt) == 1 then
    return 0
  end
  redis.call('HSET', tickets, ticket, attempt .. ' ' .. body)
  redis.call('ZADD', order, since, ticket)
  publish(changes, 'a', body)
  if redis.call('DEL', asleep) == 1 then
    redis.call('PUBLISH', asleep, '')
  end
  return 1
end
