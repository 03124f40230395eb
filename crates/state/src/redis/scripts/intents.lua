-- The stored intents, oldest first.
-- KEYS   1 lock, 2 intents
-- ARGV   1 owner, 2 epoch, 3 limit
-- Answer the intents as the stream holds them; nil if the lock is lost
-- Cost   GET and XRANGE of a page

-- include: lease
if not is_held() then
  return false
end
return redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', ARGV[3])
