"""The server under fire, seen from outside: memory, descriptors, log, and whether it still serves others."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.clients.http import get
from tests.clients.phone import Phone, dial
from tests.servers import ServerProcess

SETTLE_SECONDS = 90.0
RECEIVED_SECONDS = 10.0
SETTINGS: dict[str, object] = {
    "COOLDOWN": 0, "BOARD_REFRESH_RATE": 50, "SOCKET_EVENTS_PER_SECOND": 10_000, "HANDSHAKES_PER_SECOND": 1_000_000,
    "SOCKETS_PER_IDENTITY": 1_000_000,
}  # fmt: skip


class Target:
    """One server, and one client of it that must go on undisturbed."""

    def __init__(self, server: ServerProcess, watcher: Phone, witness: str) -> None:
        """`witness` is the token of somebody who was there before: who fuzzes floods the site with newcomers."""
        self.server, self._watcher = server, watcher
        self._read = 0
        self._witness = witness
        watcher.follow(lambda *_: None)  # it keeps nothing but the board

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.port

    def memory_kb(self) -> int:
        """Resident memory."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.server.process.pid}/status").read_text())
        assert found, "the server is gone"
        return int(found[1])

    async def load_all(self) -> None:
        """Has the server load the libraries that come with the first need of them."""
        for path in ("/api/statistics", "/api/heatmap.png", "/api/preview.png"):
            assert (await get(self.server.url, path))[0] == 200, path

    def descriptors(self) -> int:
        """Open files and sockets."""
        return sum(1 for _ in Path(f"/proc/{self.server.process.pid}/fd").iterdir())

    async def clients(self) -> int:
        """Sessions that the server counts."""
        _, text, _ = await get(self.server.url, "/metrics")
        found = re.search(rb"^beeplace_clients (\d+)", text, re.MULTILINE)
        assert found
        return int(found[1])

    async def check(self) -> None:
        """The server answers, another client receives, and nothing was logged that should not be."""
        assert self.server.process.poll() is None, "the server is gone"
        assert (await get(self.server.url, "/health"))[0] == 200
        async with dial(self.server.url) as witness:
            await witness.join({"token": self._witness})
            placed = await witness.place(secrets.randbelow(64), secrets.randbelow(64), secrets.randbelow(16))
            assert placed["ok"], placed
            async with asyncio.timeout(RECEIVED_SECONDS):
                while self._watcher.seq < placed["seq"]:
                    assert self._watcher.is_open, "another client was closed"
                    await get(self.server.url, "/health")
        self._check_log()

    def _check_log(self) -> None:
        with self.server.log.open("rb") as log:
            log.seek(self._read)
            text = log.read()
            self._read = log.tell()
        assert b"Traceback" not in text, text[-4000:].decode(errors="replace")
        assert len(text) < 100_000, "the log grows with every request"

    async def settled(self, descriptors: int, clients: int) -> None:
        """Waits until no more than these are left. Raises TimeoutError."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while self.descriptors() > descriptors or await self.clients() > clients:
                assert self._watcher.is_open, "another client was closed"
                await asyncio.sleep(0.05)  # what is over is only seen by a loop that turns


@asynccontextmanager
async def target(folder: Path) -> AsyncIterator[Target]:
    """A server that lets one machine send as much as it can, with its watcher."""
    server = ServerProcess(folder, **SETTINGS)
    try:
        async with dial(server.url) as watcher:
            await watcher.join({"watch": True})
            await get(server.url, "/api/qr.svg?text=/")  # its process starts with the first code, and stays
            async with dial(server.url) as witness:
                token = (await witness.join())["token"]
            yield Target(server, watcher, token)
    finally:
        if server.process.poll() is None:
            server.stop()
