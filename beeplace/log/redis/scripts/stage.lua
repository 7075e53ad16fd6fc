-- Adds a piece to a bitfield that is written beside the one that is read; `write` puts it in its place.
-- KEYS: staged.  ARGV: where the piece begins, the piece, and milliseconds for which it is kept.
local staged, from = KEYS[1], tonumber(ARGV[1])
if from == 0 then
  redis.call('DEL', staged)
elseif redis.call('TYPE', staged).ok ~= 'string' or redis.call('STRLEN', staged) ~= from then
  return redis.error_reply('ERR a bitfield that was written in pieces is gone')
end
redis.call('SETRANGE', staged, from, ARGV[2])
redis.call('PEXPIRE', staged, ARGV[3])
return 'staged'
