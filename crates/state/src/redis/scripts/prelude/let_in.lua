-- held(R) -> chatting(R), with the notice that a partner was found. Needs session, outbox and kept_entry.
local function let_in(user, version, state, bot, profile, found, at_once)
  local entry = append(user, bot, profile, found, at_once)
  redis.call('HSET', KEYS[1], 's', 'c' .. string.sub(state, 2), 'e', kept_entry(entry), 'v', after(version))
  redis.call('HDEL', KEYS[1], 'n', 'o', 'z', 'y')
  moved(user, 'h', 'c')
end
