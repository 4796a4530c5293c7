-- Counts a use of each record that is there.
local at = take()
for i = 2, #ARGV do
  local id = ARGV[i]
  if redis.call('HEXISTS', records, id) == 1 then
    local count = string.match(redis.call('HGET', uses, id) or '0', '^%d+')
    redis.call('HSET', uses, id, string.format('%d %s', count + 1, at))
  end
end
return redis.status_reply('OK')
