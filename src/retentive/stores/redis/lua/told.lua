-- The keys of a batch of new things; behind them stands a pair for each transcript.
local data, log, ids, lanes, sessions = unpack(KEYS, 1, 5)
