-- Needs session and outbox.

-- held(R) -> chatting(R), with the notice that a partner was found.
local function let_in(user, version, bot, profile, found)
  redis.call('HSET', KEYS[1], 's', 'c', 'v', after(version))
  redis.call('HDEL', KEYS[1], 'n', 'o', 'z')
  moved(user, 'h', 'c')
  append(user, bot, profile, 0, found)
end
