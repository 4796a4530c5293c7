-- Ids of some records whose time is over.
return redis.call('ZRANGE', expiry, '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[2])
