-- Until when the payments under `key` give premium; nil if none gives any. Each begins when it was made, or when those
-- before it end. They are "milliseconds days", and '-' of one that went back.
local function premium_until(key)
  local grants, ends = {}, nil
  for _, grant in ipairs(redis.call('HVALS', key)) do
    local at, days = string.match(grant, '^(%d+) (%d+)$')
    if at and days ~= '0' then
      grants[#grants + 1] = { tonumber(at), tonumber(days) }
    end
  end
  table.sort(grants, function(one, other)
    return one[1] < other[1]
  end)
  for _, grant in ipairs(grants) do
    ends = math.max(ends or 0, grant[1]) + grant[2] * 86400000
  end
  return ends
end
