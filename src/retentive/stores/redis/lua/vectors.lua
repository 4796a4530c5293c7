-- A page of vectors by ascending id: {ids, vectors}; false where there is none.
local after, limit = take(), number()
local page = redis.call('ZRANGE', ids, after, '+', 'BYLEX', 'LIMIT', 0, limit)
return {page, each('HMGET', data, page, 'v:')}
