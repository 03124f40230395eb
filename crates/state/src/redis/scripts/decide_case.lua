-- Notes a moderator's choice.
-- KEYS   1 case
-- ARGV   1 name of the press, 2 verdict
-- Answer {0 it counts, the report, since when in ms}, {1 another came before, the report, what stands}; nil if there is no
--        such case
-- Keeps  of two choices the first counts, until it is undone; the same press is answered alike
-- Cost   HMGET, TIME and HSET

-- include: clock
local had = redis.call('HMGET', KEYS[1], 'c', 'd', 'k', 'a')
if not had[1] then
  return false
end
if had[3] == ARGV[1] then
  return { 0, had[1], tonumber(had[4]) }
end
local open = not had[2] or had[2] == 'undo'
if open == (ARGV[2] == 'undo') then
  return { 1, had[1], had[2] or '' }
end
redis.call('HSET', KEYS[1], 'd', ARGV[2], 'k', ARGV[1], 'a', string.format('%.0f', now))
return { 0, had[1], now }
