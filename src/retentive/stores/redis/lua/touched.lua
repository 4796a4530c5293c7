-- What is stored of all that a batch may meet: records by id, by caller's key and by
-- slot, and who holds the slots of those found, for a status may give one back. The
-- batch names fields of the hash, and ids.
local function touched(embedder, first, fields, first_held, held)
  local wanted, slots, callers = {}, {}, {}
  local named = {['r:'] = wanted, ['s:'] = slots, ['k:'] = callers, ['b:'] = {}}
  for i = first, first + fields - 1 do
    local some = named[string.sub(ARGV[i], 1, 2)]
    some[#some + 1] = string.sub(ARGV[i], 3)
  end
  for i = first_held, first_held + held - 1 do
    wanted[#wanted + 1] = ARGV[i]
  end
  local seen, slot_seen = {}, {}
  for _, id in ipairs(wanted) do
    seen[id] = true
  end
  for _, slot in ipairs(slots) do
    slot_seen[slot] = true
  end
  local function meet(id)
    if id and not seen[id] then
      seen[id] = true
      wanted[#wanted + 1] = id
    end
  end

  local by_key = {}
  for _, key in ipairs(callers) do
    local id = redis.call('HGET', data, 'k:' .. key)
    by_key[#by_key + 1], by_key[#by_key + 2] = key, id
    meet(id)
  end
  for i = 1, #wanted do
    local value = redis.call('HGET', data, 'r:' .. wanted[i])
    local slot = value and string.match(value, '^(%S+) ')
    if slot and slot ~= '-' and not slot_seen[slot] then
      slot_seen[slot] = true
      slots[#slots + 1] = slot
    end
  end
  local by_slot, bars = {}, {}
  for _, slot in ipairs(slots) do
    local found = redis.call('HMGET', data, 's:' .. slot, 'b:' .. slot)
    by_slot[#by_slot + 1], by_slot[#by_slot + 2] = slot, found[1]
    meet(found[1])
    if found[2] then
      bars[#bars + 1] = slot
    end
  end
  return {'touched', embedder, rows(wanted, true), by_slot, by_key, bars}
end
