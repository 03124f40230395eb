-- Tells a case anew, if it is what was read.
-- KEYS   1 case
-- ARGV   1 the report that was read, 2 what is put in its place
-- Answer 1 rewritten, 0 it is another, or gone
-- Keeps  what was decided and how long the case lasts
-- Cost   HGET and HSET
if redis.call('HGET', KEYS[1], 'c') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'c', ARGV[2])
return 1
