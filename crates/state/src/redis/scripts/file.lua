-- How a bot calls a file that was brought to it.
-- KEYS   1 files
-- ARGV   1 file_unique_id
-- Answer file_id; nil if it is not remembered (any more)
-- Keeps  nothing is changed
-- Cost   HGET, and TIME if it is there
local kept = redis.call('HGET', KEYS[1], ARGV[1])
local till, id = string.match(kept or '', '^(%d+) (.+)$')
if not till then
  return false
end
-- include: clock
return tonumber(till) > now and id
