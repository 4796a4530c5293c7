-- Removes documents and vectors of records that are gone. KEYS: near, documents.
local near = KEYS[1]
local has_set = redis.call('EXISTS', near) == 1
for i, id in ipairs(ARGV) do
  redis.call('UNLINK', KEYS[i + 1])
  if has_set then
    -- A user who may not do this leaves it to whoever searches next.
    redis.pcall('VREM', near, id)
  end
end
return redis.status_reply('OK')
