-- Data of the first format has to be moved before anything else is done with it.
if redis.call('EXISTS', data) == 0 and redis.call('EXISTS', former) == 1 then
  return redis.error_reply('FORMER data of an older Retentive')
end
