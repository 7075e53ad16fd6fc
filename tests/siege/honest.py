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
from typing import TextIO

import aiohttp

from tests.siege.run_queue import loop_waits, machine_ns, waits

PLACE_SECONDS = 0.2
HEALTH_SECONDS = 0.02
PATIENCE_SECONDS = 20.0
SEQ_BYTES = 400  # at the end of a message, where its seq stands
_REACHED = re.compile(r':(\d+)"\]$|"seq":(\d+)')
_SEQ = re.compile(r'"ok":true.*"seq":(\d+)')


class Honest:
    """One person. Nothing that befalls the person is an error here; all of it is written down."""

    def __init__(self, port: int, pid: int, side: int, file: TextIO) -> None:
        self.url, self.pid, self.side, self.file = f"http://127.0.0.1:{port}", pid, side, file
        self._answers: dict[int, asyncio.Future[str]] = {}
        self._shown: asyncio.Future[None] | None = None  # set once what was sent reaches the seq that is waited for
        self._wanted_seq = self._reached_seq = 0

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

    async def live(self, http: aiohttp.ClientSession) -> None:
        """Comes back whenever the connection ends."""
        while True:
            began = time.monotonic_ns()
            with suppress(aiohttp.ClientError, OSError, TimeoutError):
                await self._connection(http)
            self.note("cut", began, 0)
            await asyncio.sleep(0.2)

    async def _connection(self, http: aiohttp.ClientSession) -> None:
        address = f"{self.url}/socket.io/?EIO=4&transport=websocket"
        async with http.ws_connect(address, max_msg_size=0) as ws:
            await ws.receive_str()
            await ws.send_str("40")
            await ws.receive_str()
            await ws.send_str('420["join",{"fingerprint":"honest","board":"none"}]')
            placing: asyncio.Task[None] | None = None
            try:
                async for message in ws:
                    if message.type is not aiohttp.WSMsgType.TEXT:
                        break
                    await self._hear(ws, message.data)
                    if placing is None and message.data.startswith("430"):
                        placing = asyncio.create_task(self._place(ws))
            finally:
                if placing:
                    placing.cancel()

    async def _hear(self, ws: aiohttp.ClientWebSocketResponse, text: str) -> None:
        if text == "2":
            await ws.send_str("3")
        elif text.startswith("43"):
            number, _, answer = text[2:].partition("[")
            if (heard := self._answers.pop(int(number), None)) and not heard.done():
                heard.set_result(answer)
        elif text.startswith("42") and (found := _REACHED.search(text[-SEQ_BYTES:])):
            self._reached_seq = int(found[1] or found[2])
            if self._shown and not self._shown.done() and self._reached_seq >= self._wanted_seq:
                self._shown.set_result(None)

    async def _place(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        for number in itertools.count(1):
            x, y, color = number % self.side, number // self.side % self.side, 1 + number % 15
            began, before = time.monotonic_ns(), waits(self.pid)
            answered = self._answers[number] = asyncio.get_running_loop().create_future()
            await ws.send_str(f'42{number}["pixelFromPlayer",{{"x":{x},"y":{y},"color":{color}}}]')
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    answer = await answered
                    self.note(_kind(answer), began, machine_ns(self.pid, before))
                    if found := _SEQ.search(answer):
                        await self._see(int(found[1]))
                        self.note("frame", began, machine_ns(self.pid, before))
            except TimeoutError:
                self.note("unanswered", began, 0)
            await asyncio.sleep(max(0.0, PLACE_SECONDS - (time.monotonic_ns() - began) / 1e9))

    async def _see(self, seq: int) -> None:
        """Waits for a batch up to that seq, if it has not come before the answer."""
        if self._reached_seq >= seq:
            return
        self._wanted_seq, self._shown = seq, asyncio.get_running_loop().create_future()
        await self._shown


def _kind(answer: str) -> str:
    if '"ok":true' in answer:
        return "ack"
    return "refused-" + answer.partition('"code":"')[2].partition('"')[0]


async def main(port: int, pid: int, side: int, path: Path) -> None:
    """Until this process is ended."""
    with path.open("w") as file:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            honest = Honest(port, pid, side, file)
            await asyncio.gather(honest.live(http), honest.watch_health(http))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
