-- Whether the notice that a partner was found is gone and left no message: it was given up, and is waited for no longer.
-- KEYS: 2 outbox. `kept` is what kept_entry made of the entry.
local function is_given_up(kept)
  local ms, sequence = string.match(kept, '^(%d+)(%d%d%d)$')
  if not ms then
    -- A message ("-" and its id) stays; rubbish is left for whoever reads the record to find.
    return kept == '0'
  end
  local entry = string.format('%d-%d', ms, sequence)
  return #redis.call('XRANGE', KEYS[2], entry, entry) == 0
end

-- Where a record of so many fields and values keeps the entry of a notice that was given up; nil if of none.
local function given_up_at(record, last)
  for i = 1, last - 1, 2 do
    if record[i] == 'e' then
      return is_given_up(record[i + 1]) and i
    end
  end
end
