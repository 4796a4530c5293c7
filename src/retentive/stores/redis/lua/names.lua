-- The keys of a namespace, as in keys.py; every script that takes them begins so. All
-- that is stored of single things is one hash, so that one command reads, and another
-- writes, all that a commit touches. Its fields:
--   epoch, salt, labels, format, sequence, embedder, position, aside, floor, pruned,
--   tended, marks
--   r: id -> slot, JSON            v: id -> float16          u: id -> count and time
--   s: slot (kind, content) -> id  k: caller's key -> id     b: slot -> barred
--   n: status -> how many          a: lane -> its last commit
local data, log, ids, expiry, aside, sessions, lanes, former = unpack(KEYS, 1, 8)

local place = 0
local function take()
  place = place + 1
  return ARGV[place]
end
local function number()
  return tonumber(take())
end

-- Tells whoever watches to look. A user without the channel writes all the same.
local function announce(sequence)
  redis.pcall('SPUBLISH', string.sub(data, 1, -5) .. 'news', sequence)
end

-- How many items go to one command: Lua cannot unpack more than some thousands. Even,
-- since some come in pairs.
local MANY = 1000

-- Calls a command that takes a key and many fields, each with the same letters before
-- it, and returns all its answers.
local function each(command, key, fields, letters)
  local found = {}
  for first = 1, #fields, MANY do
    local asked = {}
    for i = first, math.min(first + MANY - 1, #fields) do
      asked[#asked + 1] = letters .. fields[i]
    end
    local some = redis.call(command, key, unpack(asked))
    for i = 1, #some do
      found[first + i - 1] = some[i]
    end
  end
  return found
end

-- {id, value, version, use, vector, ...}: what is stored of some ids; false for nothing.
local function rows(wanted, with_vectors)
  local values = each('HMGET', data, wanted, 'r:')
  local versions = each('ZMSCORE', log, wanted, '')
  local used = each('HMGET', data, wanted, 'u:')
  local seen = with_vectors and each('HMGET', data, wanted, 'v:') or {}
  local found = {}
  for i, id in ipairs(wanted) do
    local at = 5 * (i - 1)
    found[at + 1], found[at + 2], found[at + 3] = id, values[i], versions[i]
    found[at + 4], found[at + 5] = used[i], seen[i] or false
  end
  return found
end
