-- Drops the letters of a page that name somebody: their id stands in the body as a number of its own.
-- KEYS   1 dead letters
-- ARGV   1 place after which the page begins, 2 the id, 3 letters of a page
-- Answer {number of letters dropped, the place where the page ended or '' behind the last}
-- Cost   XRANGE of a page, XDEL of those that are dropped
local page = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[3])
local id = ARGV[2]
local function names(body)
  local from = 1
  while true do
    local first, last = string.find(body, id, from, true)
    if not first then
      return false
    end
    local before, behind = string.sub(body, first - 1, first - 1), string.sub(body, last + 1, last + 1)
    if not string.find(before, '^[%d%-]') and not string.find(behind, '^%d') then
      return true
    end
    from = last + 1
  end
end
local gone = {}
for _, letter in ipairs(page) do
  if names(letter[2][2]) then
    gone[#gone + 1] = letter[1]
  end
end
if #gone > 0 then
  redis.call('XDEL', KEYS[1], unpack(gone))
end
return { #gone, #page == tonumber(ARGV[3]) and page[#page][1] or '' }
