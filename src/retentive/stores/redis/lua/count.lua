-- How many records there are of each status, in the order asked.
local fields = {}
for i, status in ipairs(ARGV) do
  fields[i] = 'n:' .. status
end
return redis.call('HMGET', data, unpack(fields))
