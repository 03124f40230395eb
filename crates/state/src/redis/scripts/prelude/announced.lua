-- Whether what tells of a room need not be kept any longer: the notice is gone from the outbox and left no message, so it
-- is waited for no more, or a message came in that stands behind it.
-- KEYS: 2 outbox. `kept` is an entry as kept_entry makes it, or "-" and the id of a message; `wrote` is "bot:message".
local function is_spent(kept, ticket, wrote)
  local ms, sequence = string.match(kept, '^(%d+)(%d%d%d)$')
  if ms then
    local entry = string.format('%d-%d', ms, sequence)
    return #redis.call('XRANGE', KEYS[2], entry, entry) == 0
  end
  local notice = string.match(kept, '^%-(%d+)$')
  local bot, message = string.match(wrote or '', '^(%d+):(%d+)$')
  if notice and bot then
    return bot == string.match(ticket or '', '^%d+') and tonumber(notice) < tonumber(message)
  end
  -- Rubbish is left for whoever reads the record to find.
  return kept == '0'
end

-- Where a record of so many fields and values keeps what need not be kept any longer; nil if nowhere.
local function spent_at(record, last, wrote)
  local ticket, at
  for i = 1, last - 1, 2 do
    if record[i] == 't' then
      ticket = record[i + 1]
    elseif record[i] == 'e' then
      at = i
    end
  end
  return at and is_spent(record[at + 1], ticket, wrote) and at
end
