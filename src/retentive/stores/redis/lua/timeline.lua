-- Names the history that this server continues. A replica that takes over gives it
-- another name, so that readers notice even if it has overtaken what was lost.
local function timeline()
  local id = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
  return id and ('.' .. string.sub(id, 1, 16)) or ''
end
