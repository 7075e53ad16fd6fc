"""QR codes: kept once drawn, and drawn one after the other in a process that is started with the first."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from contextlib import suppress
from functools import partial

from beeplace.errors import Busy
from beeplace.gateway.http import qr_process
from beeplace.gateway.http.qr_process import SIZE_BYTES

MAX_KEPT = 512  # 8 kB each at most
MAX_WAITING = 64  # addresses, whoever asks for them; more are told to come back
_DRAWING_SECONDS = 5.0
_COMMAND = (sys.executable, "-P", qr_process.__file__)  # by its place: nothing in the working directory takes its name


class QrCodes:
    """Owns the process. `close` ends it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._drawing: dict[str, asyncio.Task[bytes]] = {}
        self._turn = asyncio.Lock()
        self._process: Process | None = None

    async def svg(self, address: str) -> bytes:
        """The code of an address. Raises Busy where too many wait for theirs, or none can be drawn now."""
        if address in self._kept:
            self._kept.move_to_end(address)
            return self._kept[address]
        if address not in self._drawing:
            if len(self._drawing) >= MAX_WAITING:
                raise Busy("Too many QR codes wait to be drawn.")
            self._drawing[address] = asyncio.create_task(self._draw(address), name="a QR code")
            self._drawing[address].add_done_callback(partial(self._drawn, address))
        # Others may wait for the same one, and the process is in the middle of it: it is drawn even if its reader goes.
        return await asyncio.shield(self._drawing[address])

    def _drawn(self, address: str, task: asyncio.Task[bytes]) -> None:
        del self._drawing[address]
        if task.cancelled() or task.exception():
            return
        self._kept[address] = task.result()
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)

    async def _draw(self, address: str) -> bytes:
        async with self._turn:
            fresh = self._process is None
            picture = await self._tried(address.encode())
            if picture is None and not fresh:  # the process had died since the last code
                picture = await self._tried(address.encode())
            if picture is None:
                raise Busy("QR codes cannot be drawn now.")
            return picture

    async def _tried(self, address: bytes) -> bytes | None:
        """One try; one that fails ends the process."""
        try:
            async with asyncio.timeout(_DRAWING_SECONDS):
                return await self._asked(address)
        except (OSError, EOFError, TimeoutError, RuntimeError):  # the last is uvloop's, of a pipe that is closed
            await self._end()
            return None

    async def _asked(self, address: bytes) -> bytes:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *_COMMAND, stdin=PIPE, stdout=PIPE, stderr=asyncio.subprocess.DEVNULL, start_new_session=True
            )
        asked, answers = self._process.stdin, self._process.stdout
        assert asked
        assert answers
        asked.write(len(address).to_bytes(SIZE_BYTES, "big") + address)
        return await answers.readexactly(int.from_bytes(await answers.readexactly(SIZE_BYTES), "big"))

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        if process.stdin:
            process.stdin.close()
            with suppress(OSError, RuntimeError):  # what was on its way to a process that had died
                await process.stdin.wait_closed()
        if process.stdout:
            await process.stdout.read()
        await process.wait()

    async def close(self) -> None:
        """Forgets what waits, and ends the process."""
        for task in list(self._drawing.values()):
            task.cancel()
        await asyncio.gather(*self._drawing.values(), return_exceptions=True)
        await self._end()
