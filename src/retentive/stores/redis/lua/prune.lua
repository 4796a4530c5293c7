-- Forgets tombstones up to a version, a page at a time; readers that have not seen
-- them begin anew. Returns whether there may be more. What was forgotten before is
-- not looked at again.
local upto, limit = number(), number()
local state = redis.call('HMGET', data, 'floor', 'pruned', 'sequence')
upto = math.min(upto, tonumber(state[3] or 0))
if upto > tonumber(state[1] or 0) then
  redis.call('HSET', data, 'floor', upto)
end
local page = redis.call('ZRANGE', log, '(' .. (state[2] or 0), upto, 'BYSCORE', 'LIMIT',
  0, limit, 'WITHSCORES')
if #page == 0 then
  return 0
end
local last = page[#page]
for _, id in ipairs(redis.call('ZRANGE', log, '(' .. (state[2] or 0), last, 'BYSCORE')) do
  if redis.call('HEXISTS', data, 'r:' .. id) == 0 then
    redis.call('ZREM', log, id)
  end
end
redis.call('HSET', data, 'pruned', last)
return 1
