-- A token's bucket, filled up to now. Needs clock. KEYS: 1 rate. ARGV: 2 permits per second, 3 burst, 4 where a bucket that
-- learns starts, in thousandths per second, or ''. It counts millionths of a permit, so it fills evenly. What runs over is
-- spare, as much as the bucket holds, once a broadcast has asked for it.
local had = redis.call('HMGET', KEYS[1], 'level', 'at', 'paused', 'learned', 'raised', 'cut', 'failed', 'spare',
  'window', 'used', 'before')
local learns = ARGV[4] ~= ''
local rate, raised = tonumber(had[4]), tonumber(had[5]) or now
if learns and not rate then
  rate, raised = tonumber(ARGV[4]), now
  redis.call('HSET', KEYS[1], 'learned', rate, 'raised', raised)
end
local pause = math.max(0, (tonumber(had[3]) or 0) - now)
local full = (learns and math.floor((rate + 3999) / 4000) or ARGV[3]) * 1000000
local elapsed = math.max(0, now - (tonumber(had[2]) or now))
local level = (tonumber(had[1]) or full)
  + (learns and rate * elapsed or math.floor(math.max(0, ARGV[2]) * elapsed * 1000))
local over, spare = math.max(0, level - full), tonumber(had[8])
level = math.min(full, level)
if spare then
  spare = math.min(full, spare + over)
end
