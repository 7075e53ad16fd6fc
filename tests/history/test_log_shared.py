"""The log for many at once: made once and shared, in each coding the same, and as slowly as a link is."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import socket
import zlib
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from beeplace.board.entries import Entry
from beeplace.board.geometry import Pixel
from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.board.rules import PlacementRequest
from beeplace.board.state import LiveSettings
from beeplace.gateway.http.errors import REQUEST_SECONDS
from beeplace.history.delayed_board import DelayedBoard
from beeplace.history.log_chunks import BLOCK, LogChunks
from beeplace.history.log_text import encode_log
from beeplace.log.reads import Reads
from beeplace.log.store import BoardSpec
from tests.clients.http import get
from tests.e2e.inside import Inside, inside
from tests.log.samples import Session

SIDE = 64
ENTRIES = 40_500
AT_ONCE = 500
MANY = 60


async def filled(folder: Path) -> Session:
    """An open store with a log of so many placements."""
    session = Session(folder, settings=LiveSettings(max_pixels=1, cooldown_seconds=0))
    await session.open(BoardSpec(SIDE, SIDE, Palette(THESIS_COLORS)))
    chance = random.Random(1)
    for first in range(0, ENTRIES, AT_ONCE):
        pixels = (Pixel(chance.randrange(SIDE), chance.randrange(SIDE), chance.randrange(16)) for _ in range(AT_ONCE))
        await session.place(*(PlacementRequest(first.to_bytes(16, "big"), pixel) for pixel in pixels))
    return session


async def body(url: str, coding: str) -> tuple[str | None, bytes]:
    """The coding and the bytes of the whole log, as they came."""
    headers = {"Accept-Encoding": coding}
    async with (
        aiohttp.ClientSession(auto_decompress=False) as http,
        http.get(f"{url}/api/log?after=0", headers=headers) as r,
    ):
        assert r.status == 200
        return r.headers.get("Content-Encoding"), await r.read()


async def test_a_block_is_read_and_made_once_for_all_who_ask_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await filled(tmp_path)
    read: list[tuple[int, int]] = []
    excerpt = session.store.excerpt

    async def counted(seq: int, most: int) -> list[Entry]:
        read.append((seq, most))
        return await excerpt(seq, most)

    monkeypatch.setattr(session.store, "excerpt", counted)
    clock = asyncio.get_running_loop().time
    blocks = LogChunks(Reads(session.store), DelayedBoard(session.board, clock), clock, lambda: 0)

    async def whole() -> bytes:
        return b"".join([piece.text async for piece in blocks.read(0, ENTRIES)])

    texts = await asyncio.gather(*(whole() for _ in range(MANY)))
    assert len(set(texts)) == 1
    assert sorted(read) == [(first, min(BLOCK, ENTRIES - first)) for first in range(0, ENTRIES, BLOCK)]
    await session.store.close()


DECODED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress, "deflate": zlib.decompress, "identity": lambda b: b,
}  # fmt: skip


async def test_sixty_at_once_get_all_of_it_in_every_coding(tmp_path: Path) -> None:
    session = await filled(tmp_path)
    log = await session.log()
    await session.store.close()
    async with inside(tmp_path, MAX_PIXELS=1, COOLDOWN=0) as server:
        name = str(json.loads((await get(server.url, "/api/config"))[1])["epoch"])  # the log's text says it likewise
        blocks = [encode_log(log[first : first + BLOCK], lambda _: name) for first in range(0, ENTRIES, BLOCK)]
        wanted = "".join(blocks).encode()
        codings = [*DECODED] * (MANY // len(DECODED))
        answers = await asyncio.gather(*(body(server.url, coding) for coding in codings))
    for coding, (said, came) in zip(codings, answers, strict=True):
        assert (said or "identity") == coding
        assert DECODED[coding](came) == wanted
        assert coding == "identity" or len(came) < len(wanted) / 2


async def test_a_slow_link_gets_its_log_however_long_it_takes(tmp_path: Path) -> None:
    """The time of an answer is long over when it reads on."""
    await (await filled(tmp_path)).store.close()
    async with inside(tmp_path, MAX_PIXELS=1, COOLDOWN=0) as server:
        _, wanted = await body(server.url, "identity")
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", server.port))
        reader, writer = await asyncio.open_connection(sock=connection, limit=4096)
        writer.write(b"GET /api/log?after=0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        came = await reader.readexactly(20_000)
        for _ in range(5):
            await later(server, REQUEST_SECONDS / 2)
            came += await reader.readexactly(20_000)
        came += await reader.read(-1)
        writer.close()
    head, _, rest = came.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert unchunked(rest) == wanted


async def later(server: Inside, seconds: float) -> None:
    """So much later, everything that is due has happened."""
    server.leap(seconds)
    await server.metric("clients")


def unchunked(body: bytes) -> bytes:
    """RFC 9112, section 7.1."""
    parts = []
    while body:
        size, _, body = body.partition(b"\r\n")
        parts.append(body[: int(size, 16)])
        body = body[int(size, 16) + 2 :]
    return b"".join(parts)
