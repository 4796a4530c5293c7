-- A page of the feed: {sequence, epoch, embedder, whether there is more, rows, floor}.
-- A reader that began anew knows the floor of that time, and needs what came after.
local since, limit, known = number(), number(), number()
local state = redis.call('HMGET', data, 'sequence', 'epoch', 'embedder', 'floor')
local sequence = tonumber(state[1] or 0)
local epoch = (state[2] or '') .. timeline()
local floor = tonumber(state[4] or 0)
if since > 0 and since < floor and known < floor then
  -- Tombstones that this reader has not seen are gone: it has to begin anew.
  return {sequence, epoch .. ' floor', false, 0, {}, floor}
end
if sequence <= since then
  return {sequence, epoch, state[3], 0, {}, floor}
end
local page = redis.call('ZRANGE', log, '(' .. since, '+inf', 'BYSCORE', 'LIMIT', 0,
  limit + 1, 'WITHSCORES')
local last = sequence
if #page > 2 * limit then
  -- A page ends with a whole commit.
  last = tonumber(page[2 * limit])
  page = redis.call('ZRANGE', log, '(' .. since, last, 'BYSCORE', 'WITHSCORES')
end
local changed = {}
for i = 1, #page, 2 do
  changed[#changed + 1] = page[i]
end
return {last, epoch, state[3], last < sequence and 1 or 0, rows(changed, true), floor}
