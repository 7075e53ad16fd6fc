-- Paints the pixels that changed in (from, to] of one epoch, and says what state the bitfield is in then.
-- It may have some of them already: what lies between `from` and `to` is in `pixels` with its last colour.
-- KEYS: board, state, owner.  ARGV: epoch, from, to, width, height, pixels (4 bytes of offset and 1 of colour each), and
-- who paints.
-- Answers "applied", "newer" (it has all of this), "another" (it is another's by now), or "rebuild" (another epoch, a
-- hole, or not what we left there).
local board, state = KEYS[1], KEYS[2]
local epoch, from, to = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local width, height, pixels = ARGV[4], ARGV[5], ARGV[6]
local size = tonumber(width) * tonumber(height)

if redis.call('TYPE', KEYS[3]).ok == 'string' and redis.call('GET', KEYS[3]) ~= ARGV[7] then
  return 'another'
end
if redis.call('TYPE', state).ok ~= 'hash' or redis.call('TYPE', board).ok ~= 'string' then
  return 'rebuild'
end
local stored = redis.call('HMGET', state, 'epoch', 'seq', 'width', 'height')
local seq = stored[2] and #stored[2] < 16 and string.match(stored[2], '^%d+$') and tonumber(stored[2])
if not seq or stored[1] ~= epoch or stored[3] ~= width or stored[4] ~= height
  or redis.call('STRLEN', board) ~= size or seq < from then
  return 'rebuild'
end
if seq >= to then
  return 'newer'
end
for i = 1, #pixels, 5 do
  if struct.unpack('>I4', pixels, i) >= size then
    return redis.error_reply('ERR an offset is not on the board')
  end
end
for i = 1, #pixels, 5 do
  redis.call('SETRANGE', board, struct.unpack('>I4', pixels, i), string.sub(pixels, i + 4, i + 4))
end
redis.call('HSET', state, 'seq', ARGV[3])
return 'applied'
