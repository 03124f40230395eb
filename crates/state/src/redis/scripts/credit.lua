-- Notes a payment of a user, or that it went back. Until when they have premium follows from all of theirs.
-- KEYS   1 user, 2 journal, 3 the user's payments
-- ARGV   1 charge, 2 "milliseconds days" that it gives ('' if it went back), the facts
-- Answer until when they have premium ('' if nothing gives any), 1 if it was not known before, else 0
-- Keeps  a payment counts once, and not once it went back, in whatever order that is told; facts are noted by the one
--        call that brings news
-- Cost   HGET, HVALS, EXISTS, HSET, TIME, PEXPIREAT; for news one HSET and one XADD per fact

-- include: clock
-- include: premium
local had = redis.call('HGET', KEYS[3], ARGV[1])
local gone = ARGV[2] == ''
local news = not had or gone and had ~= '-'
if news then
  redis.call('HSET', KEYS[3], ARGV[1], gone and '-' or ARGV[2])
  for i = 3, #ARGV do
    redis.call('XADD', KEYS[2], '*', 'f', ARGV[i])
  end
end
local ends = premium_until(KEYS[3])
-- 90 days behind the end of premium no payment matters any more.
redis.call('PEXPIREAT', KEYS[3], string.format('%.0f', math.max(ends or 0, now) + 7776000000))
ends = ends and string.format('%.0f', ends) or ''
if redis.call('EXISTS', KEYS[1]) == 1 then
  if ends == '' then
    redis.call('HDEL', KEYS[1], '$')
  else
    redis.call('HSET', KEYS[1], '$', ends)
  end
end
return { ends, news and 1 or 0 }
