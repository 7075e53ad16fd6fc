#!/usr/bin/env bash
# PgBouncer 1.18.0 (Debian 12, 1.18.0-1+deb12u1), asyncpg 0.32.0: "full" and "will never work" come under the same SQLSTATE.
#
# A pooler that has no client slot left (max_client_conn) and one that does not know a parameter of the startup packet
# both answer 08P01, protocol_violation. PostgreSQL itself says 53300, too_many_connections, for the first, which is
# over in a moment, and a client that sorts errors by their SQLSTATE, as it should, takes the pooler's for final:
# class 08 with P01 says that the client is broken. Only the English text tells the two apart.
#
# Seen:
#   full: 08P01 no more connections allowed (max_client_conn)
#   parameter: 08P01 unsupported startup parameter: search_path
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${pooler:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
(cd "$folder" && apt-get download -qq pgbouncer=1.18.0-1+deb12u1 libevent-2.1-7 libc-ares2 2>/dev/null && for p in *.deb; do dpkg -x "$p" root; done)
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check asyncpg==0.32.0 2>/dev/null
cat >"$folder/show.py" <<'PYTHON'
import asyncio
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

import asyncpg

folder = Path(sys.argv[1])
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
silent = socket.create_server(("127.0.0.1", 0))  # in the place of PostgreSQL: nobody comes so far
(folder / "users").write_text('"a" ""\n')
(folder / "pooler.ini").write_text(
    f"[databases]\n* = host=127.0.0.1 port={silent.getsockname()[1]}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
    f"listen_port = {port}\nauth_type = trust\nauth_file = {folder}/users\nmax_client_conn = 1\nunix_socket_dir =\n"
)


def nobody() -> None:
    if os.geteuid() == 0:  # PgBouncer refuses to run as root
        os.setgid(65534)
        os.setuid(65534)


async def said(**more: object) -> str:
    try:
        await asyncpg.connect(host="127.0.0.1", port=port, user="a", password="b", database="c", timeout=5, **more)
    except asyncpg.PostgresError as error:
        return f"{error.sqlstate} {error}"
    return "connected"


async def main() -> None:
    pooler = subprocess.Popen(
        [folder / "root/usr/sbin/pgbouncer", "-q", folder / "pooler.ini"],
        env={"LD_LIBRARY_PATH": str(next((folder / "root/usr/lib").glob("*-linux-gnu")))},
        preexec_fn=nobody, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                first = socket.create_connection(("127.0.0.1", port))
                break
            except OSError:
                await asyncio.sleep(0.05)
        first.close()
        await asyncio.sleep(0.2)
        parameter = await said(server_settings={"search_path": "x"})
        body = struct.pack("!i", 196608) + b"user\0a\0database\0c\0\0"
        with socket.create_connection(("127.0.0.1", port)) as holding:  # takes the only place
            holding.sendall(struct.pack("!i", len(body) + 4) + body)
            await asyncio.sleep(0.2)
            full = await said()
    finally:
        pooler.terminate()
        pooler.wait()
    print(f"full: {full}\nparameter: {parameter}")


asyncio.run(main())
PYTHON
seen=$("$folder/venv/bin/python" "$folder/show.py" "$folder")
echo "$seen"
[ "$seen" = $'full: 08P01 no more connections allowed (max_client_conn)\nparameter: 08P01 unsupported startup parameter: search_path' ]
