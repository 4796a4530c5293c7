-- Forgets tombstones up to a version, a page at a time; readers that have not seen
-- them begin anew. Returns the last version looked at, or nothing at the end.
local from, upto, limit = number(), number(), number()
if upto > tonumber(redis.call('HGET', data, 'floor') or 0) then
  redis.call('HSET', data, 'floor', upto)
end
local page = redis.call('ZRANGE', log, '(' .. from, upto, 'BYSCORE', 'LIMIT', 0, limit,
  'WITHSCORES')
if #page == 0 then
  return false
end
local last = page[#page]
for _, id in ipairs(redis.call('ZRANGE', log, '(' .. from, last, 'BYSCORE')) do
  if redis.call('HEXISTS', data, 'r:' .. id) == 0 then
    redis.call('ZREM', log, id)
  end
end
return last
