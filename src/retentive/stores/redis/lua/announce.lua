-- Tells whoever watches to look. A user without the channel writes all the same.
local function announce(sequence)
  redis.pcall('SPUBLISH', string.sub(data, 1, -5) .. 'news', sequence)
end
