-- Says what is there: epoch, seq, width, height, the bitfield's length (-1: no string) and its SHA-1.
-- KEYS: board, state.  ARGV: the length for which the SHA-1 is wanted; -1: not at all.
local board, state = KEYS[1], KEYS[2]
local answer = {'', '', '', ''}
if redis.call('TYPE', state).ok == 'hash' then
  for i, value in ipairs({'epoch', 'seq', 'width', 'height'}) do
    answer[i] = string.sub(redis.call('HGET', state, value) or '', 1, 64)
  end
end
local length = -1
if redis.call('TYPE', board).ok == 'string' then
  length = redis.call('STRLEN', board)
end
answer[5] = length
answer[6] = ''
if length >= 0 and length == tonumber(ARGV[1]) then
  answer[6] = redis.sha1hex(redis.call('GET', board))
end
return answer
