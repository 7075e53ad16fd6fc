-- Leaves the bitfield to whoever wants it next, if it is this board's.
-- KEYS: owner.  ARGV: the board.
if redis.call('TYPE', KEYS[1]).ok == 'string' and redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 1
