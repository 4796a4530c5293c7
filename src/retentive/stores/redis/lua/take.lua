-- Rows of ids whose version is not the one that the caller holds: {embedder, rows}.
local held = {}
local wanted = {}
for i = 1, #ARGV, 2 do
  wanted[#wanted + 1] = ARGV[i]
  held[ARGV[i]] = ARGV[i + 1]
end
local versions = each('ZMSCORE', log, wanted, '')
local changed = {}
for i, id in ipairs(wanted) do
  if (versions[i] or '0') ~= held[id] then
    changed[#changed + 1] = id
  end
end
return {redis.call('HGET', data, 'embedder'), rows(changed, true)}
