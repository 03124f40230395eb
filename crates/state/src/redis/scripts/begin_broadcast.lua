-- Begins a broadcast, if none is under way but cancelled ones.
-- KEYS   1 board, 2 broadcasts, 3 the name of the wish
-- ARGV   1 plan, 2 how many are remembered
-- Answer {1, its number}, or {0, the number of the one under way}
-- Keeps  the same wish is answered alike for a day
-- Cost   GET, HGETALL of the board, TIME, HINCRBY, HDEL, two HSET, SET

-- include: clock
local known = redis.call('GET', KEYS[3])
if known then
  return { 1, tonumber(known) }
end
local board = redis.call('HGETALL', KEYS[1])
for i = 1, #board, 2 do
  local number = string.match(board[i], '^c(%d+)$')
  if number and board[i + 1] ~= 'cancelled' then
    return { 0, tonumber(number) }
  end
end
local number = redis.call('HINCRBY', KEYS[2], 'newest', 1)
local old = number - tonumber(ARGV[2])
if old > 0 then
  redis.call('HDEL', KEYS[2], old .. ':plan', old .. ':course', old .. ':begun', old .. ':position', old .. ':all', old .. ':over')
end
redis.call('HSET', KEYS[2], number .. ':plan', ARGV[1], number .. ':course', 'running', number .. ':begun', now)
redis.call('HSET', KEYS[1], 'newest', number, 'c' .. number, 'running')
redis.call('SET', KEYS[3], number, 'EX', 86400)
return { 1, number }
