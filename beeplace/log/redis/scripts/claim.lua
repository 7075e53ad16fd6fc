-- Makes the bitfield one board's for a while, unless it is another's: of two boards in one database, one keeps it.
-- KEYS: owner.  ARGV: the board, milliseconds, and what the caller called the board when it had the bitfield last.
-- Answers 1 where it is this board's.
local owner, board, before = KEYS[1], ARGV[1], ARGV[3]
local left = redis.call('PTTL', owner)
if left > 0 and left <= tonumber(ARGV[2]) and redis.call('TYPE', owner).ok == 'string' then
  local known = redis.call('GETRANGE', owner, 0, 63)
  if known ~= board and known ~= before then
    return 0
  end
end
redis.call('SET', owner, board, 'PX', ARGV[2])
return 1
