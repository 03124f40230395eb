-- Facts of a shard's journal after a place.
-- KEYS   1 lease, 2 journal
-- ARGV   1 owner, 2 epoch, 3 id after which is read, 4 limit
-- Answer the facts as the stream holds them; nil if the lease is lost
-- Cost   GET and XRANGE of a page

-- include: lease
if not is_held() then
  return false
end
return redis.call('XRANGE', KEYS[2], '(' .. ARGV[3], '+', 'COUNT', ARGV[4])
