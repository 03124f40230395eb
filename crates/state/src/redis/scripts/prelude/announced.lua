-- Whether the notice that a partner was found has begun to leave: it is claimed, or acknowledged and gone.
-- KEYS: 2 outbox, 3 claims. `kept` is what session's kept_entry made of the entry.
local function is_announced(user, ticket, kept)
  local ms, sequence = string.match(kept, '^(%d+)(%d%d%d)$')
  local bot = string.match(ticket or '', '^%d+')
  if not ms or not bot then
    -- Rubbish is left for whoever reads the record to find.
    return kept == '0'
  end
  local entry = string.format('%d-%d', ms, sequence)
  local claim = redis.call('HGET', KEYS[3], user .. ':' .. bot)
  if claim and string.sub(claim, 1, #entry + 1) == entry .. ' ' then
    return true
  end
  return #redis.call('XRANGE', KEYS[2], entry, entry) == 0
end

-- Where a record of so many fields and values keeps the entry of a notice that has begun to leave; nil if none has.
local function announced_at(user, record, last)
  local ticket, at
  for i = 1, last - 1, 2 do
    if record[i] == 't' then
      ticket = record[i + 1]
    elseif record[i] == 'e' then
      at = i
    end
  end
  return at and is_announced(user, ticket, record[at + 1]) and at
end
