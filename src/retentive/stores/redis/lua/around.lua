-- Ids near some ids: neighbours in their sessions, the sessions that hold most of
-- them, and what was replaced by one of them. KEYS: places, order, heirs.
local REACH, SESSIONS, ROWS, REPLACED = 2, 10, 60, 16
local BEST = 80 -- ids, the first ones, whose neighbours are looked up
local places, order, heirs = KEYS[1], KEYS[2], KEYS[3]
local PREFIX = 34 -- 16 digits of the session, 16 of the time, two colons

local found, seen = {}, {}
local function meet(id)
  if not seen[id] then
    seen[id] = true
    found[#found + 1] = id
  end
end

local held, sessions = {}, {}
for i = 1, #ARGV, 2 do
  local id, hashed = ARGV[i], ARGV[i + 1]
  local value = redis.call('HGET', places, id)
  if value then
    meet(id)
    local session, time = string.match(value, '^%d+ %d+ (%S+) (%S+) ')
    if session ~= '-' then
      if not held[session] then
        held[session] = 0
        sessions[#sessions + 1] = session
      end
      held[session] = held[session] + 1
      local rank = i < 2 * BEST
        and redis.call('ZRANK', order, session .. ':' .. time .. ':' .. id)
      if rank then
        local near = redis.call('ZRANGE', order, math.max(0, rank - REACH), rank + REACH)
        for _, member in ipairs(near) do
          if string.sub(member, 1, 16) == session then
            meet(string.sub(member, PREFIX + 1))
          end
        end
      end
    end
    local replaced = redis.call('ZRANGE', heirs, '[' .. hashed .. ':', '(' .. hashed .. ';',
      'BYLEX', 'LIMIT', 0, REPLACED)
    for _, member in ipairs(replaced) do
      meet(string.sub(member, 18))
    end
  end
end

local first = {}
for i, session in ipairs(sessions) do
  first[session] = i
end
table.sort(sessions, function(a, b)
  if held[a] ~= held[b] then
    return held[a] > held[b]
  end
  return first[a] < first[b]
end)
for i = 1, math.min(SESSIONS, #sessions) do
  local rows = redis.call('ZRANGE', order, '[' .. sessions[i] .. ':', '(' .. sessions[i] .. ';',
    'BYLEX', 'LIMIT', 0, ROWS)
  for _, member in ipairs(rows) do
    meet(string.sub(member, PREFIX + 1))
  end
end
return found
