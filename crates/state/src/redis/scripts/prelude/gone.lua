-- Whether an instance of the list is known to be dead, though its time is not over: it was heard listening on its channel
-- when it last said that it lives, and nobody listens there now. Only who is heard may say so: a server that has just come
-- back hears nobody. Redis hears a connection end as soon as the process has; of a machine that is cut off it hears
-- nothing, and a process that is stopped it hears still, so for those the time counts.
local function is_gone(mine, stored)
  local theirs = string.match(stored or '', '^%d+\n[^\n]*\n[^\n]*\n[^\n]*\n(.+)$')
  if not theirs then
    return false
  end
  local listen = redis.pcall('PUBSUB', 'NUMSUB', mine, theirs)
  return listen[2] ~= nil and listen[2] > 0 and listen[4] == 0
end
