-- Counts the distinct people of all gateways, at most once in a while for all who ask.
-- KEYS: count (the last answer), union (used while counting), then the people of each gateway.
-- ARGV: milliseconds for which an answer stays good.
local count, union, good = KEYS[1], KEYS[2], tonumber(ARGV[1])
local left = redis.call('PTTL', count)
if left > 0 and left <= good and redis.call('TYPE', count).ok == 'string' and redis.call('STRLEN', count) < 16 then
  local known = tonumber(redis.call('GET', count))
  if known then
    return known
  end
end
local sets = {}
for i = 3, #KEYS do
  if redis.call('TYPE', KEYS[i]).ok == 'set' then
    sets[#sets + 1] = KEYS[i]
  end
end
local people = 0
if #sets > 0 then
  people = redis.call('SUNIONSTORE', union, unpack(sets))
  redis.call('DEL', union)
end
redis.call('SET', count, people, 'PX', good)
return people
