-- Takes the arguments of a script one after the other.
local place = 0
local function take()
  place = place + 1
  return ARGV[place]
end
local function number()
  return tonumber(take())
end

-- How many items go to one command: Lua cannot unpack more than some thousands. Even,
-- since some come in pairs.
local MANY = 1000
