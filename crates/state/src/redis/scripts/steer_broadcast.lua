-- Pauses, resumes or cancels a broadcast.
-- KEYS   1 board, 2 broadcasts
-- ARGV   1 its number, 2 pause, resume or cancel
-- Answer how it stands then; nil if it is over, or never was
-- Keeps  cancelled is for good
-- Cost   HGET, two HSET
local course = redis.call('HGET', KEYS[1], 'c' .. ARGV[1])
if not course then
  return false
end
if ARGV[2] == 'cancel' then
  course = 'cancelled'
elseif course ~= 'cancelled' then
  course = ARGV[2] == 'pause' and 'paused' or 'running'
end
redis.call('HSET', KEYS[1], 'c' .. ARGV[1], course)
redis.call('HSET', KEYS[2], ARGV[1] .. ':course', course)
return course
