-- Reads everything at one moment: epoch, seq, width, height and the bitfield; nothing where there is no bitfield.
-- KEYS: board, state.
local board, state = KEYS[1], KEYS[2]
if redis.call('TYPE', state).ok ~= 'hash' or redis.call('TYPE', board).ok ~= 'string' then
  return {}
end
local answer = {}
for i, value in ipairs({'epoch', 'seq', 'width', 'height'}) do
  answer[i] = string.sub(redis.call('HGET', state, value) or '', 1, 64)
end
answer[5] = redis.call('GET', board)
return answer
