-- Every so many commits, forgets the lanes of writers that have been silent for long.
local TIDY, SILENT = 4096, 65536
local function tidied(sequence)
  for _, lane in ipairs(redis.call('SMEMBERS', lanes)) do
    local last = redis.call('HGET', data, lane)
    local at = last and string.match(last, '^%S+ (%d+)')
    if at and tonumber(at) < sequence - SILENT then
      redis.call('HDEL', data, lane)
      redis.call('SREM', lanes, lane)
    end
  end
end

-- Notes a lane that was not there before the commit of this sequence.
local function noted(lane, before, sequence)
  if not before then
    redis.call('SADD', lanes, lane)
  end
  if sequence % TIDY == 0 then
    tidied(sequence)
  end
end

-- What a commit answered, if it is the one that this lane did last.
local function answered(nonce, last)
  return last and string.match(last, '^' .. nonce .. ' (.+)$')
end
