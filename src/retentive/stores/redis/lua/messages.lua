-- Removes and appends messages; returns how many were appended. The keys of each
-- session come in pairs behind the other keys.
local function messages()
  local first = number() -- where the pairs begin in KEYS
  local function drop(session, order, bodies, id)
    if id == '' then
      redis.call('DEL', order, bodies)
    else
      redis.call('ZREM', order, id)
      redis.call('HDEL', bodies, id)
    end
    if redis.call('EXISTS', order) == 0 then
      redis.call('ZREM', sessions, session)
    end
  end
  for _ = 1, number() do
    local pair, session, id = first + 2 * number(), take(), take()
    drop(session, KEYS[pair], KEYS[pair + 1], id)
  end
  local appended = 0
  for _ = 1, number() do
    local pair, session, id, body = first + 2 * number(), take(), take(), take()
    if redis.call('HSETNX', KEYS[pair + 1], id, body) == 1 then
      local at = redis.call('HINCRBY', data, 'position', 1)
      redis.call('ZADD', KEYS[pair], at, id)
      redis.call('ZADD', sessions, 'NX', at, session)
      appended = appended + 1
    end
  end
  return appended
end
