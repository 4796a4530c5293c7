-- What is stored of all that a batch may meet: records by id, by caller's key and by
-- slot, and who holds the slots of those found, for a status may give one back.
local function touched(embedder, wanted, slots, callers)
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
    local id = redis.call('HGET', keyed, key)
    by_key[#by_key + 1], by_key[#by_key + 2] = key, id
    meet(id)
  end
  for i = 1, #wanted do
    local value = redis.call('HGET', records, wanted[i])
    local slot = value and string.match(value, '^(%S+) ')
    if slot and slot ~= '-' and not slot_seen[slot] then
      slot_seen[slot] = true
      slots[#slots + 1] = slot
    end
  end
  local by_slot, bars = {}, {}
  for _, slot in ipairs(slots) do
    local id = redis.call('HGET', said, slot)
    by_slot[#by_slot + 1], by_slot[#by_slot + 2] = slot, id
    meet(id)
    if redis.call('SISMEMBER', barred, slot) == 1 then
      bars[#bars + 1] = slot
    end
  end
  return {'touched', embedder, rows(wanted, true), by_slot, by_key, bars}
end
