-- Records by id, without their vectors.
return rows(ARGV, false)
