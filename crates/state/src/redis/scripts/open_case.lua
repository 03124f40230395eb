-- Opens a case of the moderators.
-- KEYS   1 case
-- ARGV   1 the report
-- Answer 1 opened, 0 it is there
-- Keeps  a case stays as it is while it lasts: 30 days
-- Cost   HSETNX and EXPIRE
if redis.call('HSETNX', KEYS[1], 'c', ARGV[1]) == 0 then
  return 0
end
redis.call('EXPIRE', KEYS[1], 2592000)
return 1
