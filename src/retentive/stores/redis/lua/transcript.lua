-- A part of a session's messages in order: {id, body, ...}. KEYS: order, bodies.
local order, bodies = KEYS[1], KEYS[2]
local after, before, limit, from_end = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'

-- A bound is a message's id, and exclusive; an unknown one bounds nothing.
local bounds = {'-inf', '+inf'}
for i, id in ipairs({after, before}) do
  if id ~= '' then
    local at = redis.call('ZSCORE', order, id)
    if not at then
      return {}
    end
    bounds[i] = '(' .. at
  end
end

local page
if from_end then
  page = redis.call('ZREVRANGEBYSCORE', order, bounds[2], bounds[1], 'LIMIT', 0, limit)
else
  page = redis.call('ZRANGEBYSCORE', order, bounds[1], bounds[2], 'LIMIT', 0, limit)
end
local found = {}
for i = 1, #page do
  local id = page[from_end and #page + 1 - i or i]
  found[2 * i - 1], found[2 * i] = id, redis.call('HGET', bodies, id)
end
return found
