-- Makes an embedder's vectors the namespace's, and drops all others. Returns how many
-- records still lack one; then nothing has changed.
local fingerprint = take()
local page = redis.call('ZRANGE', ids, 0, -1)
local present = redis.call('HGET', head, 'embedder') == fingerprint
local found, left = {}, 0
if fingerprint ~= '' then
  for i, id in ipairs(page) do
    found[i] = redis.call('HGET', aside, fingerprint .. '\n' .. id)
    if not found[i] and not (present and redis.call('HEXISTS', vectors, id) == 1) then
      left = left + 1
    end
  end
end
if left > 0 then
  return left
end
if not present then
  redis.call('DEL', vectors)
end
local sequence = redis.call('HINCRBY', head, 'sequence', 1)
for i, id in ipairs(page) do
  if found[i] then
    redis.call('HSET', vectors, id, found[i])
  end
  redis.call('ZADD', log, sequence, id)
end
redis.call('DEL', aside)
redis.call('HDEL', head, 'aside')
if fingerprint == '' then
  redis.call('HDEL', head, 'embedder')
else
  redis.call('HSET', head, 'embedder', fingerprint)
end
return 0
