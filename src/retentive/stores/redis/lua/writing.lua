-- The parts of a commit. A command that takes some fields of ARGV, and all its answers.
local function fetched(command, key, first, count)
  if count <= MANY then
    return redis.call(command, key, unpack(ARGV, first, first + count - 1))
  end
  local found = {}
  for from = first, first + count - 1, MANY do
    local last = math.min(from + MANY, first + count) - 1
    for i, value in ipairs(redis.call(command, key, unpack(ARGV, from, last))) do
      found[from - first + i] = value
    end
  end
  return found
end

-- Commands as they stand, each with its key.
local function each_order()
  for _ = 1, number() do
    local command, key, count = take(), KEYS[number()], number()
    for from = place + 1, place + count, MANY do
      redis.call(command, key, unpack(ARGV, from, math.min(from + MANY - 1, place + count)))
    end
    place = place + count
  end
end

-- Gives some ids of ARGV one score in a set.
local function fed(key, score, first, count)
  if count == 1 then
    redis.call('ZADD', key, score, ARGV[first])
    return
  end
  for from = first, first + count - 1, MANY do
    local scored = {}
    for i = from, math.min(from + MANY, first + count) - 1 do
      scored[#scored + 1], scored[#scored + 2] = score, ARGV[i]
    end
    redis.call('ZADD', key, unpack(scored))
  end
end

-- Drops another embedder's vectors of records that say something else now.
local function forget_aside(first, count)
  if redis.call('EXISTS', aside) == 0 then
    return
  end
  local prints = redis.call('HGET', data, 'aside') or ''
  for fingerprint in string.gmatch(prints, '[^\n]+') do
    for i = first, first + count - 1 do
      redis.call('HDEL', aside, fingerprint .. '\n' .. ARGV[i])
    end
  end
end
