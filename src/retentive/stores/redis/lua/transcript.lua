-- A session's messages in order: {id, body, ...}. KEYS: order, bodies.
local order, bodies = KEYS[1], KEYS[2]
local after, last = ARGV[1], tonumber(ARGV[2])
local from, until_ = '-inf', '+inf'
if after ~= '' then
  local at = redis.call('ZSCORE', order, after)
  if not at then
    return {}
  end
  from = '(' .. at
end
local page = redis.call('ZRANGE', order, until_, from, 'BYSCORE', 'REV', 'LIMIT', 0, last)
local found = {}
for i = #page, 1, -1 do
  found[#found + 1] = page[i]
  found[#found + 1] = redis.call('HGET', bodies, page[i])
end
return found
