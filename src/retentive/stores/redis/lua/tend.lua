-- Claims the upkeep of a namespace, if it is time for it. Returns up to which version
-- tombstones may be forgotten, or nothing. Times in microseconds.
local now, every, keep = take(), number(), number()
if now == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
now = tonumber(now)
local state = redis.call('HMGET', data, 'sequence', 'tended', 'marks')
if not state[1] or (state[2] and now < tonumber(state[2]) + every) then
  return false
end

-- Marks say which version there was when. One in a while is enough.
local MARKS = 16
local upto, kept, last = 0, {}, 0
for line in string.gmatch(state[3] or '', '[^\n]+') do
  local at, sequence = string.match(line, '^(%d+) (%d+)$')
  last = tonumber(at)
  if last <= now - keep then
    upto = tonumber(sequence)
  else
    kept[#kept + 1] = line
  end
end
if now - last >= keep / MARKS then
  kept[#kept + 1] = string.format('%.0f %s', now, state[1])
end
redis.call('HSET', data, 'tended', string.format('%.0f', now), 'marks',
  table.concat(kept, '\n'))
return upto
