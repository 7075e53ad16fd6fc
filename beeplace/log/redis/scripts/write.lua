-- Writes the whole bitfield, unless what is there is newer.
-- KEYS: board, state, owner, and, where the content is there in pieces, staged.
-- ARGV: epoch, seq, width, height, content, what the caller knows to be false ("epoch seq" as
-- it stands there, though nobody alive has come so far; empty if nothing is), and who writes.
-- Answers "applied", "newer", or "another" (it is another's by now).
local board, state = KEYS[1], KEYS[2]
if redis.call('TYPE', KEYS[3]).ok == 'string' and redis.call('GET', KEYS[3]) ~= ARGV[7] then
  return 'another'
end
if redis.call('TYPE', state).ok == 'hash' then
  local stored = redis.call('HMGET', state, 'epoch', 'seq')
  local seq = stored[1] and stored[2] and #stored[2] < 16 and string.match(stored[2], '^%d+$') and tonumber(stored[2])
  if seq and seq > tonumber(ARGV[2]) and stored[1] .. ' ' .. stored[2] ~= ARGV[6] then
    return 'newer'
  end
end
local staged = KEYS[4]
if staged and (redis.call('TYPE', staged).ok ~= 'string'
  or redis.call('STRLEN', staged) ~= tonumber(ARGV[3]) * tonumber(ARGV[4])) then
  return redis.error_reply('ERR a bitfield that was written in pieces is gone')
end
redis.call('DEL', state)
if staged then
  redis.call('RENAME', staged, board)
  redis.call('PERSIST', board)
else
  redis.call('SET', board, ARGV[5])
end
redis.call('HSET', state, 'epoch', ARGV[1], 'seq', ARGV[2], 'width', ARGV[3], 'height', ARGV[4])
return 'applied'
