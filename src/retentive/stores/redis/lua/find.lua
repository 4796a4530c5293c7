-- The record with a caller's key.
local id = redis.call('HGET', data, 'k:' .. take())
return id and rows({id}, false) or {}
