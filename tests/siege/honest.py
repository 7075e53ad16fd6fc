"""An honest person beside the crowd, in a process of its own: places every 200 ms and asks /health all the time.

    python -m tests.siege.honest PORT PID SIDE FILE

writes a line for each thing that happened: when it was over (monotonic, ns), what it was, the milliseconds it took, and
those without what the machine took: the time that a program waited for a processor is known to the kernel, and on
two cores shared with the whole crowd no figure would mean anything with it.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import aiohttp

from tests.clients import packets
from tests.clients.session import Session
from tests.clients.websocket import Closed
from tests.siege.run_queue import loop_waits, machine_ns, waits

PLACE_SECONDS = 0.2
HEALTH_SECONDS = 0.02
PATIENCE_SECONDS = 20.0
SEQ_BYTES = 400  # at the end of a message, where its seq stands
_REACHED = re.compile(r':(\d+)"\]$|"seq":(\d+)')


class Honest:
    """One person. Nothing that befalls the person is an error here; all of it is written down."""

    def __init__(self, port: int, pid: int, side: int, file: TextIO) -> None:
        self.url, self.pid, self.side, self.file = f"http://127.0.0.1:{port}", pid, side, file

    def note(self, what: str, began_ns: int, waited: int) -> None:
        """One line."""
        now = time.monotonic_ns()
        took = (now - began_ns) / 1e6
        rest = max(0.0, took - waited / 1e6)
        self.file.write(f"{now} {what} {took:.2f} {rest:.2f}\n")
        self.file.flush()

    async def watch_health(self, http: aiohttp.ClientSession) -> None:
        """Asks, one question at a time; what the loop does meanwhile is in the answer's lateness."""
        while True:
            began, before = time.monotonic_ns(), loop_waits(self.pid)
            try:
                async with http.get(f"{self.url}/health", timeout=aiohttp.ClientTimeout(PATIENCE_SECONDS)) as response:
                    await response.read()
                self.note("health", began, loop_waits(self.pid) - before)
            except (aiohttp.ClientError, TimeoutError, OSError):
                self.note("health-lost", began, 0)
            await asyncio.sleep(HEALTH_SECONDS)

    async def live(self) -> None:
        """Comes back whenever the connection ends."""
        session = Listener(self.url)
        while True:
            began = time.monotonic_ns()
            with suppress(Closed, OSError, TimeoutError, AssertionError):
                await session.open()
                await session.call("join", {"fingerprint": "honest", "board": "none"})
                await self._place(session)
            session.cut()
            self.note("cut", began, 0)
            await asyncio.sleep(0.2)

    async def _place(self, session: Listener) -> None:
        for number in itertools.count(1):
            x, y, color = number % self.side, number // self.side % self.side, 1 + number % 15
            began, before = time.monotonic_ns(), waits(self.pid)
            try:
                answer = await session.call("pixelFromPlayer", {"x": x, "y": y, "color": color})
                self.note(_kind(answer), began, machine_ns(self.pid, before))
                if answer["ok"]:
                    await session.see(answer["seq"])
                    self.note("frame", began, machine_ns(self.pid, before))
            except TimeoutError:
                self.note("unanswered", began, 0)
            await asyncio.sleep(max(0.0, PLACE_SECONDS - (time.monotonic_ns() - began) / 1e9))


class Listener(Session):
    """Looks at the end of each batch alone: to read a large one would take this process longer than the server."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.answer_seconds = PATIENCE_SECONDS
        self._reached_seq = 0

    def heard(self, text: str) -> None:
        """Takes one packet in."""
        if not text.startswith(packets.EVENT):
            super().heard(text)
        elif found := _REACHED.search(text[-SEQ_BYTES:]):
            self._reached_seq = int(found[1] or found[2])

    async def see(self, seq: int) -> None:
        """Waits for a batch up to that seq, if it has not come before the answer. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.until(lambda: self._reached_seq >= seq)


def _kind(answer: dict[str, Any]) -> str:
    return "ack" if answer["ok"] else f"refused-{answer['code']}"


async def main(port: int, pid: int, side: int, path: Path) -> None:
    """Until this process is ended."""
    with path.open("w") as file:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            honest = Honest(port, pid, side, file)
            await asyncio.gather(honest.live(), honest.watch_health(http))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
