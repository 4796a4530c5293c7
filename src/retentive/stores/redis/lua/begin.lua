-- Returns the epoch and the salt of a namespace, making them at its first use.
local epoch, salt, labels, format = take(), take(), take(), take()
if redis.call('HSETNX', data, 'epoch', epoch) == 1 then
  redis.call('HSET', data, 'salt', salt, 'labels', labels, 'format', format)
end
return redis.call('HMGET', data, 'epoch', 'salt', 'format')
