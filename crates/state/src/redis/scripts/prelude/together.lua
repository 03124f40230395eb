-- Runs the step above for everybody who travels in this script; each has keys, arguments and an answer of its own, and
-- none is touched by another's error. ARGV: 1 number of keys and arguments of each by turns, packed as MessagePack.
-- Answer {the answers, place and text of each error by turns}
local luggage, answers, failed, at, key = cmsgpack.unpack(ARGV[1]), {}, {}, 0, 0
for i = 1, #luggage, 2 do
  local own = {}
  for k = 1, tonumber(luggage[i]) do
    own[k] = KEYS[key + k]
  end
  local done, answer = pcall(step, own, luggage[i + 1])
  at, key = at + 1, key + #own
  answers[at] = done and answer or false
  local err = type(answer) == 'table' and answer.err or not done and tostring(answer)
  if err then
    answers[at] = false
    failed[#failed + 1], failed[#failed + 2] = at, err
  end
end
return { answers, failed }
