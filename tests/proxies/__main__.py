"""`make proxies`: a gateway behind each proxy that Debian has, and Caddy, each with the fewest lines that it needs.

Through each of them: the page, a WebSocket, long-polling and origins as `beeplace doctor --url` tries them, a board
of a megabyte, and a pixel that another client sees, which takes messages compressed, as browsers do. Installs the
proxies from Debian where they are missing, prints a line for each, and exits with 1 where something does not work.
`--only NAME` tries one. `--idle SECONDS` measures instead how long each lets nothing pass.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from beeplace.doctor.site import look_at
from tests.clients.http import get
from tests.clients.phone import dial
from tests.engines.__main__ import install
from tests.ports import free_port
from tests.proxies.configurations import PROXIES, Proxy
from tests.proxies.idle import limits, silent
from tests.servers import ServerProcess
from tests.waiting import ended, wait_until

SIDE = 1024
COMPRESSED = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
WALK_SECONDS = 90


@contextmanager
def running(proxy: Proxy, folder: Path, gateway: int) -> Iterator[str]:
    """The proxy's address, while it runs. Raises SystemExit where it is not to be had."""
    if not shutil.which(proxy.program):
        install(proxy.package)
    if not shutil.which(proxy.program):
        raise SystemExit(f"{proxy.program} is missing: on Debian, apt-get install {proxy.package}")
    folder.mkdir()
    if os.geteuid() == 0:
        folder.chmod(0o777)  # some give up root
    port = free_port()
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(proxy.begin(folder, port, gateway), cwd=folder, stdout=log, stderr=log)
    try:
        wait_until(lambda: _answers(process, port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        ended(process, proxy.program)


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    assert process.poll() is None, "it did not start"
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


async def wrong(url: str, number: int) -> list[str]:
    """What does not work through it."""
    found = [f"{one.name}: {one.found}" for one in await look_at(url) if one.level == "failure"]
    _, board, _ = await get(url, "/api/board")
    if len(board) != SIDE * SIDE:
        found.append(f"board: {len(board)} bytes")
    async with dial(url) as one, dial(url, COMPRESSED) as other:
        await one.join({"board": "b64"})
        received = other.socket.received
        await other.join({"board": "b64"})
        if other.socket.received - received > len(board):
            found.append("compression: the board of a join comes as it is")
        placed = await one.place(number, number, 5)
        await other.reached(placed["seq"])
        if other.board[number * SIDE + number] != 5:
            found.append("pixel: another client does not see it")
    return found


def main() -> int:
    """Tries them; the exit code."""
    parser = argparse.ArgumentParser(prog="make proxies")
    parser.add_argument("--only", choices=PROXIES)
    parser.add_argument("--idle", type=float, metavar="SECONDS", help="watch for so long what passes nothing on")
    given = parser.parse_args()
    chosen = {name: proxy for name, proxy in PROXIES.items() if given.only in (None, name)}
    with tempfile.TemporaryDirectory(prefix="beeplace-proxies-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # some of them give up root
        if given.idle:
            sys.stdout.write("\n".join(asyncio.run(idle(chosen, folder, given.idle))) + "\n")
            return 0
        return tried(chosen, folder)


async def idle(proxies: dict[str, Proxy], folder: Path, most_seconds: float) -> list[str]:
    """How long each lets nothing pass, a line for each."""
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        gateway = server.sockets[0].getsockname()[1]
        with ExitStack() as stack:
            ports = {}
            for name, proxy in proxies.items():
                url = await asyncio.to_thread(stack.enter_context, running(proxy, folder / name, gateway))
                ports[name] = int(url.rsplit(":", 1)[1])
            return await limits(ports, most_seconds)


def tried(proxies: dict[str, Proxy], folder: Path) -> int:
    """Tries them one after the other; how many do not work."""
    bad = 0
    server = ServerProcess(folder / "server", BOARD_SIZE=SIDE, COOLDOWN=0, TRUSTED_PROXIES="127.0.0.1")
    try:
        for number, (called, proxy) in enumerate(proxies.items()):
            with running(proxy, folder / called, server.port) as url:
                found = asyncio.run(asyncio.wait_for(wrong(url, number), WALK_SECONDS))
            sys.stdout.write(
                f"{called:10} {'; '.join(found) or 'page, WebSocket, polling, compression, board and pixel'}\n"
            )
            bad += bool(found)
    finally:
        server.stop()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
