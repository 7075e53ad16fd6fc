#!/usr/bin/env bash
# asyncpg 0.32.0 beside psql of PostgreSQL 15 (Debian 12): a password file with a backslash is read as another password.
#
# In a password file `:` and `\` within a field are written `\:` and `\\`; libpq takes the backslash away. asyncpg knows
# that `\:` does not end the field, and then hands on the text with its backslashes. So a file that lets psql, pg_dump and
# every other client of libpq in makes asyncpg say that the password is wrong, for passwords with either sign alone.
#
# Seen, each file read by both:
#   plain: psql is in, asyncpg is in
#   with a colon: psql is in, asyncpg InvalidPasswordError
#   with a backslash: psql is in, asyncpg InvalidPasswordError
set -euo pipefail
folder=$(mktemp -d)
chmod 755 "$folder"
bin=/usr/lib/postgresql/15/bin
as=()
[ "$(id -u)" != 0 ] || as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
trap '"${as[@]}" "$bin/pg_ctl" -D "$folder/run/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check asyncpg==0.32.0 2>/dev/null
mkdir "$folder/run"
[ "$(id -u)" != 0 ] || chown postgres "$folder/run"
cd "$folder/run"
"${as[@]}" "$bin/initdb" -D data -U boss --auth-local=trust --auth-host=scram-sha-256 >/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"${as[@]}" "$bin/pg_ctl" -D data -w -l log -o "-p $port -h 127.0.0.1 -k $folder/run" start >/dev/null
look() {
  local words=$1 password=$2 written=$3
  "${as[@]}" psql -qX -h "$folder/run" -p "$port" -U boss postgres -c "DROP ROLE IF EXISTS guest" \
    -c "CREATE ROLE guest LOGIN PASSWORD '$password'" 2>/dev/null
  printf '*:*:*:*:%s\n' "$written" >"$folder/pass"
  chmod 600 "$folder/pass"
  local psql=refused
  PGPASSFILE="$folder/pass" psql -qXtw -h 127.0.0.1 -p "$port" -U guest postgres -c "SELECT" >/dev/null 2>&1 && psql="is in"
  echo "$words: psql $psql, asyncpg $("$folder/venv/bin/python" "$folder/look.py" "$folder/pass" "$port")"
}
cat >"$folder/look.py" <<'PYTHON'
import asyncio
import sys

import asyncpg


async def main(passfile: str, port: str) -> None:
    try:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=int(port), user="guest", database="postgres", passfile=passfile
        )
    except asyncpg.PostgresError as error:
        print(type(error).__name__)
    else:
        print("is in")
        await connection.close()


asyncio.run(main(*sys.argv[1:]))
PYTHON
seen=$(look plain 'honey' 'honey'; look 'with a colon' 'ho:ney' 'ho\:ney'; look 'with a backslash' 'ho\ney' 'ho\\ney')
echo "$seen"
[ "$seen" = "plain: psql is in, asyncpg is in
with a colon: psql is in, asyncpg InvalidPasswordError
with a backslash: psql is in, asyncpg InvalidPasswordError" ]
