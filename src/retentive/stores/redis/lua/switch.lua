-- Makes an embedder's vectors the namespace's, and drops all others. Returns how many
-- records still lack one; then nothing has changed.
local fingerprint = take()
local page = redis.call('ZRANGE', ids, 0, -1)
local present = redis.call('HGET', data, 'embedder') == fingerprint
local found, left = {}, 0
if fingerprint ~= '' then
  for i, id in ipairs(page) do
    found[i] = redis.call('HGET', aside, fingerprint .. '\n' .. id)
    if not found[i] and not (present and redis.call('HEXISTS', data, 'v:' .. id) == 1) then
      left = left + 1
    end
  end
end
if left > 0 then
  return left
end
local sequence = redis.call('HINCRBY', data, 'sequence', 1)
for i, id in ipairs(page) do
  if found[i] then
    redis.call('HSET', data, 'v:' .. id, found[i])
  elseif not present then
    redis.call('HDEL', data, 'v:' .. id)
  end
  redis.call('ZADD', log, sequence, id)
end
redis.call('DEL', aside)
redis.call('HDEL', data, 'aside')
if fingerprint == '' then
  redis.call('HDEL', data, 'embedder')
else
  redis.call('HSET', data, 'embedder', fingerprint)
end
announce(sequence)
return 0
