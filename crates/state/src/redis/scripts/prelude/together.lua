-- Runs the step above for everybody who travels in this script; each has keys, arguments and an answer of its own, and
-- none is touched by another's error. ARGV: 1 numbers of keys and arguments of each, then everybody's arguments.
-- Answer {the answers, place and text of each error by turns}
local function share(all, from, count)
  local own = {}
  for i = 1, count do
    own[i] = all[from + i]
  end
  return own
end

local answers, failed, at, key, arg = {}, {}, 0, 0, 1
for keys, args in string.gmatch(ARGV[1], '(%d+) (%d+)') do
  local done, answer = pcall(step, share(KEYS, key, keys), share(ARGV, arg, args))
  at, key, arg = at + 1, key + keys, arg + args
  answers[at] = done and answer or false
  local err = type(answer) == 'table' and answer.err or not done and tostring(answer)
  if err then
    answers[at] = false
    failed[#failed + 1], failed[#failed + 2] = at, err
  end
end
return { answers, failed }
