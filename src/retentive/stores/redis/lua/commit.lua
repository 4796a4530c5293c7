-- Applies a batch if what it was planned on is still so; else tells what is so now.
-- Nothing is written before all has been checked.
-- KEYS[14] is where a retry finds that it was done; KEYS[15] the lease, if there is one.
local ACK_MS = 120000
local mode, epoch = take(), take()
local known = redis.call('HMGET', head, 'epoch', 'embedder')
if known[1] ~= epoch then
  return {'anew'}
end
if mode == 'again' then
  local done = redis.call('GET', KEYS[14])
  if done then
    -- It was applied, only its answer was lost.
    return {'done', done}
  end
end

-- The lease that the batch relies on: its fence, and the present unless it is ours.
local fence, now = take(), take()
if fence ~= '' then
  local lease = redis.call('HMGET', KEYS[15], 'fence', 'ends')
  if now == '' then
    local time = redis.call('TIME')
    now = time[1] * 1000000 + time[2]
  end
  if lease[1] ~= fence or not lease[2] or tonumber(lease[2]) <= tonumber(now) then
    return {'fenced'}
  end
end

local fits = mode ~= 'read'
local embedder = take()
fits = fits and (embedder == '*' or embedder == (known[2] or ''))

local wanted, slots, callers = {}, {}, {}
for i = 1, number() do
  local id, version = take(), take()
  wanted[i] = id
  if fits then
    local held = redis.call('HEXISTS', records, id) == 1
      and redis.call('ZSCORE', log, id) or '0'
    fits = held == version
  end
end
for i = 1, number() do
  local slot, id = take(), take()
  slots[i] = slot
  fits = fits and (redis.call('HGET', said, slot) or '') == id
end
for i = 1, number() do
  local key, id = take(), take()
  callers[i] = key
  fits = fits and (redis.call('HGET', keyed, key) or '') == id
end
for i = 1, number() do
  local slot, state = take(), take()
  fits = fits and tostring(redis.call('SISMEMBER', barred, slot)) == state
end

if not fits then
  return touched(known[2], wanted, slots, callers)
end

-- From here on it is written.
local sequence = redis.call('HINCRBY', head, 'sequence', 1)
local fresh_embedder = take()
if fresh_embedder ~= '*' then
  redis.call('HSET', head, 'embedder', fresh_embedder)
end

for _ = 1, number() do
  local id = take()
  redis.call('HDEL', records, id)
  redis.call('ZREM', ids, id)
  redis.call('HDEL', vectors, id)
  redis.call('HDEL', uses, id)
  redis.call('ZREM', expiry, id)
  redis.call('ZADD', log, sequence, id)
end

for _ = 1, number() do
  local id, value, expires, use, vector = take(), take(), take(), take(), take()
  redis.call('HSET', records, id, value)
  redis.call('ZADD', log, sequence, id)
  redis.call('ZADD', ids, 0, id)
  if expires == '-' then
    redis.call('ZREM', expiry, id)
  elseif expires ~= '' then
    redis.call('ZADD', expiry, expires, id)
  end
  if use == '-' then
    redis.call('HDEL', uses, id)
  elseif use ~= '' then
    redis.call('HSET', uses, id, use)
  end
  if vector == '-' then
    redis.call('HDEL', vectors, id)
  elseif vector ~= '' then
    redis.call('HSET', vectors, id, vector)
  end
end

for _, index in ipairs({said, keyed}) do
  for _ = 1, number() do
    local field, id = take(), take()
    if id == '' then
      redis.call('HDEL', index, field)
    else
      redis.call('HSET', index, field, id)
    end
  end
end
for _ = 1, number() do
  redis.call('SADD', barred, take())
end
for _ = 1, number() do
  local status, more = take(), take()
  redis.call('HINCRBY', counts, status, more)
end

local rewritten = {}
for i = 1, number() do
  rewritten[i] = take()
end
if #rewritten > 0 and redis.call('EXISTS', aside) == 1 then
  local prints = redis.call('HGET', head, 'aside') or ''
  for fingerprint in string.gmatch(prints, '[^\n]+') do
    for _, id in ipairs(rewritten) do
      redis.call('HDEL', aside, fingerprint .. '\n' .. id)
    end
  end
end

local appended = messages()

-- Remembered for a while, so that a retry after a lost answer changes nothing.
local done = string.format('%d %d', sequence, appended)
redis.call('SET', KEYS[14], done, 'PX', ACK_MS)
return {'done', done}
