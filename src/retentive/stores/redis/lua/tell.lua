-- Applies a batch of new things if nothing of it is there yet; else only says so. Most
-- commits are such, so it does no more than they need: the script "commit" does the rest.
local mode, epoch, embedder, nonce, records = unpack(ARGV, 1, 5)
place = 5

-- What is there now: epoch, embedder, sequence, what this lane did last, how many there
-- are of the one status, and what must not be there.
local fields = number()
local known = redis.call('HMGET', data, unpack(ARGV, place + 1, place + fields))
local lane = ARGV[place + 4]
place = place + fields
if known[1] ~= epoch then
  return {'anew'}
end
local done = mode == 'again' and answered(nonce, known[4])
if done then
  return {'done', done}
end
if embedder ~= '*' and embedder ~= (known[2] or '') then
  return {'otherwise'}
end
for i = 6, fields do
  if known[i] then
    return {'otherwise'}
  end
end

-- From here on it is written. The server's own values come first.
local written = number()
local values = place + 1
place = place + written
local sequence = tonumber(known[3] or 0) + 1
records = tonumber(records)
if records == 1 then
  redis.call('ZADD', log, sequence, ARGV[place + 1])
  redis.call('ZADD', ids, 0, ARGV[place + 1])
elseif records > 1 then
  local fed, listed = {}, {}
  for i = 1, records do
    fed[2 * i - 1], fed[2 * i] = sequence, ARGV[place + i]
    listed[2 * i - 1], listed[2 * i] = 0, ARGV[place + i]
  end
  redis.call('ZADD', log, unpack(fed))
  redis.call('ZADD', ids, unpack(listed))
end
place = place + records
local appended = place < #ARGV and messages() or 0

done = string.format('%d %d', sequence, appended)
ARGV[values + 1] = sequence
ARGV[values + 3] = nonce .. ' ' .. done
ARGV[values + 5] = records + (known[5] or 0)
redis.call('HSET', data, unpack(ARGV, values, values + written - 1))
noted(lane, known[4], sequence)
announce(sequence)
return {'done', done}
