-- The entry of a notice that a partner was found, as `e` keeps it: milliseconds and three digits of the sequence, since
-- one number takes a record half of what a text does. With more in one millisecond nothing is kept, and nothing waited for.
local function kept_entry(entry)
  local ms, sequence = string.match(entry, '^(%d+)-(%d+)$')
  return tonumber(sequence) < 1000 and string.format('%d%03d', ms, sequence) or '0'
end
