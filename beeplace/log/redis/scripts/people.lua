-- Keeps the set of one gateway's people, which ends by itself when the gateway does.
-- KEYS: people.  ARGV: milliseconds to live, how many the set must have now (-1: it is written anew),
-- who came and who left (8 bytes each).  Answers 1, or 0 where the set is not what we left there.
local people, expected = KEYS[1], tonumber(ARGV[2])
local kind = redis.call('TYPE', people).ok
if expected < 0 then
  redis.call('DEL', people)
elseif kind ~= 'set' and (kind ~= 'none' or expected > 0) or kind == 'set' and redis.call('SCARD', people) ~= expected then
  return 0
end

local function change(command, hashes)
  local some = {}
  for i = 1, #hashes, 8 do
    some[#some + 1] = string.sub(hashes, i, i + 7)
    if #some == 1000 or i + 8 > #hashes then
      redis.call(command, people, unpack(some))
      some = {}
    end
  end
end

change('SREM', ARGV[4])
change('SADD', ARGV[3])
redis.call('PEXPIRE', people, ARGV[1])
return 1
