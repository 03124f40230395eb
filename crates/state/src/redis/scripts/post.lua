-- Queues an entry for a chat that need not be a user's: the moderators'. Once per name and hour.
-- KEYS   1 user, if the chat is one's, 2 outbox, 3 backlog, 4 asleep, 5 the name
-- ARGV   1 chat, 2 bot, 3 body
-- Answer 1 queued, 0 before
-- Cost   SET, HGET, three calls to append

-- include: outbox
if not redis.call('SET', KEYS[5], '1', 'NX', 'EX', 3600) then
  return 0
end
append(ARGV[1], ARGV[2], redis.call('HGET', KEYS[1], 'p'), ARGV[3])
return 1
