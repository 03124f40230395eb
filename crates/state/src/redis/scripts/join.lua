-- Founds the state, or raises its version to this instance's.
-- KEYS   1 meta
-- ARGV   1 shards, 2 version, 3 how far versions may be apart
-- Answer {shards, version} as they were founded; those of this instance if it is the founder
-- Keeps  a state that does not fit is not touched
-- Cost   HMGET, HSET
local had = redis.call('HMGET', KEYS[1], 'shards', 'version')
local version = tonumber(ARGV[2])
if not had[1] then
  redis.call('HSET', KEYS[1], 'shards', ARGV[1], 'version', version)
  return { tonumber(ARGV[1]), version }
end
local founded = tonumber(had[2])
if had[1] == ARGV[1] and version > founded and version - founded <= tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'version', version)
end
return { tonumber(had[1]), founded }
