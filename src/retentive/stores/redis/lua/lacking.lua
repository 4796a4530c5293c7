-- One page of ids by ascending id, and the rows of those without a vector of an
-- embedder: {last id, rows}.
local after, limit, fingerprint = take(), number(), take()
local present = redis.call('HGET', data, 'embedder') == fingerprint
local page = redis.call('ZRANGE', ids, after, '+', 'BYLEX', 'LIMIT', 0, limit)
local without = {}
for _, id in ipairs(page) do
  local has = present and redis.call('HEXISTS', data, 'v:' .. id) == 1
    or redis.call('HEXISTS', aside, fingerprint .. '\n' .. id) == 1
  if not has then
    without[#without + 1] = id
  end
end
return {page[#page] or false, rows(without, false)}
