-- The keys of a namespace, as in keys.py; every script that takes them begins so.
local head, records, log, ids, said, keyed, barred, vectors, uses, counts, expiry,
  aside, sessions = unpack(KEYS, 1, 13)

local place = 0
local function take()
  place = place + 1
  return ARGV[place]
end
local function number()
  return tonumber(take())
end

-- How many items go to one command: Lua cannot unpack more than some thousands.
local MANY = 1000

-- Calls a command that takes a key and many fields, and returns all its answers.
local function each(command, key, fields)
  local found = {}
  for first = 1, #fields, MANY do
    local last = math.min(first + MANY - 1, #fields)
    local some = redis.call(command, key, unpack(fields, first, last))
    for i = 1, #some do
      found[first + i - 1] = some[i]
    end
  end
  return found
end

-- {id, value, version, use, vector, ...}: what is stored of some ids; false for nothing.
local function rows(wanted, with_vectors)
  local values = each('HMGET', records, wanted)
  local versions = each('ZMSCORE', log, wanted)
  local used = each('HMGET', uses, wanted)
  local seen = with_vectors and each('HMGET', vectors, wanted) or {}
  local found = {}
  for i, id in ipairs(wanted) do
    local at = 5 * (i - 1)
    found[at + 1], found[at + 2], found[at + 3] = id, values[i], versions[i]
    found[at + 4], found[at + 5] = used[i], seen[i] or false
  end
  return found
end
