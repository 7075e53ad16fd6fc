"""Uploaded pictures on their way to the palette: two at once, each in a process of its own, in files without names.

A file without a name is gone with whoever has it open: nothing is left of a client that dies, or of a gateway.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson
from aiohttp import web

from beeplace.errors import BadRequest, Busy
from beeplace.gateway.http.desk.picture_headers import MAX_BYTES

MAX_AT_ONCE = 2  # of uploads and reductions together; who comes third is told to come back
UPLOAD_SECONDS = 60.0
REDUCTION_SECONDS = 40.0
# By its place: nothing here takes its name, and the gateway does not load what it draws with.
_COMMAND = (sys.executable, "-P", str(Path(__file__).with_name("picture_process.py")))


class ReducedPicture(NamedTuple):
    """A picture in colours of the palette: for each pixel an index, and 1 where it is drawn; and a PNG of it."""

    width: int
    height: int
    colors: bytes
    mask: bytes
    png: bytes


class PictureReduction:
    """One for each gateway."""

    def __init__(self) -> None:
        self._under_way = 0

    async def reduced(self, request: web.Request, wanted: dict[str, Any]) -> ReducedPicture:
        """The body of a request as a picture. Raises BadRequest with what is wrong with it, and Busy."""
        if self._under_way >= MAX_AT_ONCE:
            raise Busy("Two pictures are being reduced; come back in a moment.")
        self._under_way += 1
        try:
            with tempfile.TemporaryFile() as file:
                await _received(request, file)
                return await _worked(file, wanted)
        finally:
            self._under_way -= 1


async def _received(request: web.Request, file: IO[bytes]) -> None:
    if (request.content_length or 0) > MAX_BYTES:
        raise BadRequest(413, f"a picture has at most {MAX_BYTES:,} bytes")
    size = 0
    async with asyncio.timeout(UPLOAD_SECONDS):
        async for piece in request.content.iter_any():
            size += len(piece)
            if size > MAX_BYTES:
                raise BadRequest(413, f"a picture has at most {MAX_BYTES:,} bytes")
            file.write(piece)
    if not size:
        raise BadRequest(400, "the body is the picture's file")
    file.seek(0)


async def _worked(file: IO[bytes], wanted: dict[str, Any]) -> ReducedPicture:
    process = await asyncio.create_subprocess_exec(
        *_COMMAND, orjson.dumps(wanted).decode(), stdin=file, stdout=PIPE, stderr=DEVNULL, start_new_session=True
    )
    try:
        async with asyncio.timeout(REDUCTION_SECONDS):
            assert process.stdout
            told, _, rest = (await process.stdout.read()).partition(b"\n")
            await process.wait()
    except TimeoutError as error:
        raise BadRequest(422, "the picture takes too long to read") from error
    finally:
        await _ended(process)
    if not told:
        raise BadRequest(422, "the picture cannot be read")
    found = orjson.loads(told)
    if refused := found.get("refused"):
        raise BadRequest(422, refused)
    first, second, _ = found["bytes"]
    return ReducedPicture(
        found["width"], found["height"], rest[:first], rest[first : first + second], rest[first + second :]
    )


async def _ended(process: Process) -> None:
    """However it went, also where the request was cancelled."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
