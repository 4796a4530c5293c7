-- Reads what is stored of many ids.

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
