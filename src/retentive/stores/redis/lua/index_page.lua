-- Brings an index one page further, if it stands where the page begins.
-- KEYS: state, places, order, times, heirs, speakers, near, and each item's document.
local state, places, order, times, heirs, speakers, near = unpack(KEYS, 1, 7)
local place = 0
local function take()
  place = place + 1
  return ARGV[place]
end

local since, sequence, floor = take(), take(), take()
local epoch, shape, kind = take(), take(), take()
local at = redis.call('HMGET', state, 'sequence', 'epoch', 'shape')
if (at[1] or '0') ~= since or (at[2] or epoch) ~= epoch or (at[3] or shape) ~= shape then
  return 0
end
for _ = 1, tonumber(take()) do
  redis.call('SADD', speakers, take())
end

local memories, terms, tokens = 0, 0, 0
for i = 8, #KEYS do
  local id, value = take(), take()
  local old = redis.call('HGET', places, id)
  if old then
    local had, cost, session, time, heir = string.match(old, '^(%d+) (%d+) (%S+) (%S+) (%S+)$')
    memories, terms, tokens = memories - 1, terms - had, tokens - cost
    redis.call('ZREM', order, session .. ':' .. time .. ':' .. id)
    redis.call('ZREM', heirs, heir .. ':' .. id)
    redis.call('UNLINK', KEYS[i])
  end
  if value == '' then
    redis.call('HDEL', places, id)
    redis.call('ZREM', times, id)
    if kind == 'set' then
      redis.call('VREM', near, id)
    end
  else
    local has, costs, session, time, heir = string.match(value, '^(%d+) (%d+) (%S+) (%S+) (%S+)$')
    local occurred, vector, count = take(), take(), tonumber(take())
    memories, terms, tokens = memories + 1, terms + has, tokens + costs
    redis.call('HSET', places, id, value)
    redis.call('ZADD', times, occurred, id)
    if session ~= '-' then
      redis.call('ZADD', order, 0, session .. ':' .. time .. ':' .. id)
    end
    if heir ~= '-' then
      redis.call('ZADD', heirs, 0, heir .. ':' .. id)
    end
    local fields = {}
    for j = 1, count do
      fields[j] = take()
    end
    if kind == 'set' then
      redis.call('VREM', near, id)
      if vector ~= '' then
        redis.call('VADD', near, 'FP32', vector, id, 'SETATTR', fields[1])
      end
    else
      if vector ~= '' then
        fields[count + 1], fields[count + 2] = 'vector', vector
      end
      redis.call('HSET', KEYS[i], unpack(fields))
    end
  end
end
redis.call('HSET', state, 'sequence', sequence, 'floor', floor, 'epoch', epoch,
  'shape', shape)
redis.call('HINCRBY', state, 'memories', memories)
redis.call('HINCRBY', state, 'terms', terms)
redis.call('HINCRBY', state, 'tokens', tokens)
return 1
