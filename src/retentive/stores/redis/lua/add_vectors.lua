-- Keeps another embedder's vectors aside, of records that are there.
local fingerprint = take()
local prints = redis.call('HGET', data, 'aside') or '\n'
if not string.find(prints, '\n' .. fingerprint .. '\n', 1, true) then
  redis.call('HSET', data, 'aside', prints .. fingerprint .. '\n')
end
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', data, 'r:' .. ARGV[i]) == 1 then
    redis.call('HSET', aside, fingerprint .. '\n' .. ARGV[i], ARGV[i + 1])
  end
end
return redis.status_reply('OK')
