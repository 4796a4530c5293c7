-- Applies a batch if what it was planned on is still so; else tells what is so now.
-- Nothing is written before all has been checked. KEYS[9] is the lease, if there is one.
local mode, epoch, fence, now, embedder, nonce = unpack(ARGV, 1, 6)
place = 6

-- What is there now, by one command: epoch, embedder, sequence, what this lane did last,
-- how many there are of some statuses, and fields whose values the batch relies on.
local statuses, fields = number(), number()
local first = place + 1
local known = fetched('HMGET', data, first, fields)
place = place + fields
if known[1] ~= epoch then
  return {'anew'}
end
local done = mode == 'again' and answered(nonce, known[4])
if done then
  -- It was applied, only its answer was lost.
  return {'done', done}
end

-- The lease that the batch relies on: its fence, and the present unless it is ours.
if fence ~= '' then
  local lease = redis.call('HMGET', KEYS[9], 'fence', 'ends')
  if now == '' then
    local time = redis.call('TIME')
    now = time[1] * 1000000 + time[2]
  end
  if lease[1] ~= fence or not lease[2] or tonumber(lease[2]) <= tonumber(now) then
    return {'fenced'}
  end
end

-- The values relied on, '' for nothing; none at all where nothing may be there.
local FIXED = 4
local fits = mode ~= 'read' and (embedder == '*' or embedder == (known[2] or ''))
local expected = number()
for i = FIXED + statuses + 1, fields do
  local value = expected > 0 and ARGV[place + i - FIXED - statuses] or ''
  fits = fits and (known[i] or '') == value
end
place = place + expected
-- The versions relied on: a delete would have left a later one.
local held = number()
local first_held = place + 1
if held > 0 then
  local versions = fetched('ZMSCORE', log, first_held, held)
  for i = 1, held do
    fits = fits and versions[i] == ARGV[place + held + i]
  end
  place = place + 2 * held
end
if not fits then
  return touched(known[2], first + FIXED + statuses, fields - FIXED - statuses,
    first_held, held)
end

-- From here on it is written. The server's own values come first.
local sequence = tonumber(known[3] or 0) + 1
local written = number()
local values = place + 1
place = place + written
ARGV[values + 1] = sequence
for i = 1, statuses do
  local at = values + 2 * i + 3
  ARGV[at] = ARGV[at] + (known[FIXED + i] or 0)
end
each_order()

-- All that has changed is new in the feed, and the first of it among the ids, too.
local changed, new = number(), number()
fed(log, sequence, place + 1, changed)
fed(ids, 0, place + 1, new)
place = place + changed

local rewritten = number()
if rewritten > 0 then
  forget_aside(place + 1, rewritten)
  place = place + rewritten
end
local appended = place < #ARGV and messages() or 0

-- Remembered until this lane's next commit: a retry after a lost answer changes nothing.
done = string.format('%d %d', sequence, appended)
ARGV[values + 3] = nonce .. ' ' .. done
for from = values, values + written - 1, MANY do
  redis.call('HSET', data, unpack(ARGV, from, math.min(from + MANY, values + written) - 1))
end
noted(ARGV[values + 2], known[4], sequence)
announce(sequence)
return {'done', done}
