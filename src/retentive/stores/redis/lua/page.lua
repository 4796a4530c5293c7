-- Records by ascending id: {embedder, rows}.
local after, limit, with_vectors = take(), number(), take() == '1'
local page = redis.call('ZRANGE', ids, after, '+', 'BYLEX', 'LIMIT', 0, limit)
return {redis.call('HGET', data, 'embedder'), rows(page, with_vectors)}
