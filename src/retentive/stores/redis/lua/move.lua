-- Moves a namespace of the first format into one hash. KEYS: the new ones, then the
-- former head, records, said, keyed, barred, vectors, uses, counts.
local head, records, said, keyed, barred, vectors, uses, counts = unpack(KEYS, 8, 15)
if redis.call('EXISTS', data) == 1 or redis.call('EXISTS', head) == 0 then
  return 0
end
local function moved(key, letters)
  local cursor = '0'
  repeat
    local page = redis.call('HSCAN', key, cursor, 'COUNT', 200)
    cursor = page[1]
    for i = 1, #page[2], 2 do
      redis.call('HSET', data, letters .. page[2][i], page[2][i + 1])
    end
  until cursor == '0'
  redis.call('DEL', key)
end
moved(records, 'r:')
moved(said, 's:')
moved(keyed, 'k:')
moved(vectors, 'v:')
moved(uses, 'u:')
moved(counts, 'n:')
for _, slot in ipairs(redis.call('SMEMBERS', barred)) do
  redis.call('HSET', data, 'b:' .. slot, '1')
end
redis.call('DEL', barred)
moved(head, '')
-- Another epoch: who still writes the first format has to look again, and is refused.
redis.call('HSET', data, 'epoch', take(), 'format', 2)
return 1
