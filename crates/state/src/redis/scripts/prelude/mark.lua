-- Marks are "update hour era" (domain::mark::Mark). Needs clock.
local hour = math.floor(seconds / 3600)

local function mark_of(update, era)
  return update .. ' ' .. hour .. ' ' .. era
end

-- Whether `mark` says that `update` is done. Older than 48 h, of another era, or unreadable, it says nothing.
local function covers(mark, update, era)
  if not mark then
    return false
  end
  local done, at, of = string.match(mark, '^(%-?%d+) (%d+) (%d+)')
  return of == era and tonumber(update) <= tonumber(done) and hour - at <= 48
end
