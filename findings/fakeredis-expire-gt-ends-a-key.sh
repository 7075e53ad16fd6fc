#!/usr/bin/env bash
# fakeredis 2.33.0 beside redis-server 7.0 (Debian 12): EXPIRE ... GT makes a key go away that was to stay for ever.
#
# For Redis a key that never expires has an infinite time to live, so GT ("only if later") leaves it as it is. fakeredis
# lets GT set the new time there. GT is what a program uses that prolongs: a session, a lock, a window. On fakeredis it
# looks right with any key; with Redis the keys without an expiry are never given one. LT, and keys with an expiry, agree.
# (A pixel that is addressed as `BITFIELD key SET u4 #40 7` is refused by fakeredis, which at least is seen.)
#
# Seen, time to live afterwards (-1: none):
#   no expiry, EXPIRE 100 GT: redis-server -1, fakeredis 100
#   no expiry, EXPIRE 100 LT: redis-server 100, fakeredis 100
#   50 s, EXPIRE 100 GT: redis-server 100, fakeredis 100
#   50 s, EXPIRE 100 LT: redis-server 50, fakeredis 50
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
server=
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fakeredis==2.33.0 redis==7.1.0 2>/dev/null
redis-server --port 0 --unixsocket "$folder/socket" --save "" --dir "$folder" >/dev/null &
server=$!
cat >"$folder/look.py" <<'PYTHON'
import sys
import time

import fakeredis
import redis

real = redis.Redis(unix_socket_path=sys.argv[1])
for _ in range(200):
    try:
        real.ping()
        break
    except redis.ConnectionError:
        time.sleep(0.05)
fake = fakeredis.FakeRedis(version=(7,))


def left(client: redis.Redis, before: int | None, way: str) -> int:
    client.set("key", 1, ex=before)
    client.execute_command("EXPIRE", "key", 100, way)
    return client.ttl("key")


for before in (None, 50):
    for way in ("GT", "LT"):
        words = "no expiry" if before is None else f"{before} s"
        print(f"{words}, EXPIRE 100 {way}: redis-server {left(real, before, way)}, fakeredis {left(fake, before, way)}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/look.py" "$folder/socket")
echo "$seen"
[ "$seen" = "no expiry, EXPIRE 100 GT: redis-server -1, fakeredis 100
no expiry, EXPIRE 100 LT: redis-server 100, fakeredis 100
50 s, EXPIRE 100 GT: redis-server 100, fakeredis 100
50 s, EXPIRE 100 LT: redis-server 50, fakeredis 50" ]
