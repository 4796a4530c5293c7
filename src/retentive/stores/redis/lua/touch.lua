-- Counts a use of each record that is there.
local at = take()
for i = 2, #ARGV do
  local id = ARGV[i]
  local held = redis.call('HMGET', data, 'r:' .. id, 'u:' .. id)
  if held[1] then
    local count = string.match(held[2] or '0', '^%d+')
    redis.call('HSET', data, 'u:' .. id, string.format('%d %s', count + 1, at))
  end
end
return redis.status_reply('OK')
