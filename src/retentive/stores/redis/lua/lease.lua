-- Claims, checks, renews or frees a name. KEYS: the lease. Times in microseconds.
local lease, action = KEYS[1], ARGV[1]
local fence, ttl, now = ARGV[2], tonumber(ARGV[3]), ARGV[4]
if now == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
now = tonumber(now)
local held = redis.call('HMGET', lease, 'fence', 'ends')
local runs = held[2] and tonumber(held[2]) > now
local mine = held[1] == fence
local function extend()
  redis.call('HSET', lease, 'ends', string.format('%.0f', now + ttl))
end

if action == 'acquire' then
  if runs then
    return 0
  end
  extend()
  return redis.call('HINCRBY', lease, 'fence', 1)
elseif action == 'check' then
  return (mine and runs) and 1 or 0
elseif action == 'renew' then
  if not (mine and runs) then
    return 0
  end
  extend()
  return 1
end
if mine then
  redis.call('HDEL', lease, 'ends')
end
return 1
