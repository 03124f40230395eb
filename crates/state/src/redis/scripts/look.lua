-- Where users of one shard stand.
-- KEYS   the users
-- Answer {now, for each user 0 if unknown, else s, t, n, o, z and a of the record; nothing if it is no hash}
-- Cost   one HMGET per user

-- include: clock
local answer = { now }
for i = 1, #KEYS do
  local had = redis.pcall('HMGET', KEYS[i], 's', 't', 'n', 'o', 'z', 'a', 'v')
  if had.err then
    had = {}
  elseif not (had[1] or had[6] or had[7]) then
    had = 0
  end
  answer[i + 1] = had
end
return answer
