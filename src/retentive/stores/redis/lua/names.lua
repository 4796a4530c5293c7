-- The keys of a namespace, as in keys.py; every script that takes them begins so. All
-- that is stored of single things is one hash, so that one command reads, and another
-- writes, all that a commit touches. Its fields:
--   epoch, salt, labels, format, sequence, embedder, position, aside, floor, pruned,
--   tended, marks
--   r: id -> slot, JSON            v: id -> float16          u: id -> count and time
--   s: slot (kind, content) -> id  k: caller's key -> id     b: slot -> barred
--   n: status -> how many          a: lane -> its last commit
local data, log, ids, expiry, aside, sessions, lanes, former = unpack(KEYS, 1, 8)
