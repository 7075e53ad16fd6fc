"""Pictures are reduced to the palette beside the gateway; hostile ones are refused before they are decoded."""

from __future__ import annotations

import asyncio
import io
import json
import os
import struct
import zlib
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from beeplace.board.palette import THESIS_COLORS
from tests.clients.http import get, post
from tests.conftest import StartServer
from tests.servers import API_KEY, ServerProcess
from tests.waiting import until

DEADLINE_SECONDS = 60


@pytest.fixture
def server(start_server: StartServer) -> ServerProcess:
    """One for each test."""
    return start_server()


async def upload(
    server: ServerProcess, data: bytes, query: str = "", kind: str = "application/octet-stream"
) -> tuple[int, dict[str, Any]]:
    """Status and answer."""
    async with (
        aiohttp.ClientSession(headers={"apiKey": API_KEY, "Content-Type": kind}) as session,
        session.post(f"{server.url}/api/pictures{query}", data=io.BytesIO(data)) as response,
    ):
        return response.status, await response.json()


def written(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """Whatever it claims."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def squares() -> Image.Image:
    """Red, green, blue and nothing, in quarters; each colour is one of the palette."""
    picture = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    for index, (x, y) in ((5, (0, 0)), (10, (20, 0)), (13, (0, 20))):
        picture.paste((*bytes.fromhex(THESIS_COLORS[index][1:]), 255), (x, y, x + 20, y + 20))
    return picture


async def board(server: ServerProcess) -> bytes:
    return (await get(server.url, "/api/board"))[1]


async def test_a_picture_is_shown_in_the_palettes_colours_and_nothing_is_drawn(server: ServerProcess) -> None:
    status, told = await upload(server, written(squares()), "?width=4&dither=0")
    assert (status, told["width"], told["height"], told["pixels"]) == (200, 4, 4, 12)
    shown = Image.open(io.BytesIO(b64decode(told["picture"].partition(",")[2]))).convert("RGBA")
    assert [shown.getpixel(at) for at in ((0, 0), (3, 0), (0, 3))] == [
        (*bytes.fromhex(THESIS_COLORS[index][1:]), 255) for index in (5, 10, 13)
    ]
    assert shown.getchannel("A").getpixel((3, 3)) == 0
    assert not any(await board(server))


async def test_a_picture_is_drawn_as_one_action_and_taken_back(server: ServerProcess) -> None:
    await post(server.url, "/board/area", {"x1": 0, "y1": 0, "x2": 63, "y2": 63, "color": 7}, API_KEY)
    status, told = await upload(server, written(squares()), "?width=4&dither=0&x=10&y=20&reason=a%20stamp")
    assert (status, told["seq"]) == (200, 2)
    pixels = await board(server)
    assert [pixels[(20 + y) * 64 + 10 + x] for y, x in ((0, 0), (0, 3), (3, 0), (3, 3))] == [5, 10, 13, 7]
    assert (await post(server.url, "/api/actions/2/undo", {}, API_KEY))[1]["changed"] == 12
    assert set(await board(server)) == {7}
    listed = json.loads((await get(server.url, "/api/actions", headers={"apiKey": API_KEY}))[1])["actions"]
    assert [action["reason"] for action in listed if action["kind"] == "paste"] == ["a stamp"]


async def test_every_kind_that_browsers_show_is_read(server: ServerProcess) -> None:
    for kind, color in (("PNG", 5), ("JPEG", 6), ("WEBP", 7)):
        picture = Image.new("RGB", (300, 200), THESIS_COLORS[color])
        status, told = await upload(server, written(picture, kind), "?x=0&y=0&dither=0")
        assert (status, told["width"], told["height"]) == (200, 64, 42)
        assert set((await board(server))[: 42 * 64]) == {color}


async def test_a_photograph_stands_as_it_was_held(server: ServerProcess) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    status, told = await upload(server, written(Image.new("RGB", (40, 20), "red"), "JPEG", exif=exif))
    assert (status, told["width"], told["height"]) == (200, 20, 40)


async def test_no_disabled_colour_and_none_beside_the_palette_is_used(server: ServerProcess) -> None:
    async with aiohttp.ClientSession(headers={"apiKey": API_KEY}) as session:
        await session.patch(f"{server.url}/api/settings", json={"disabledColors": [5, 0]})
    gradient = Image.linear_gradient("L").convert("RGB")
    for query in ("?x=0&y=0&dither=0", "?x=0&y=0&dither=1"):
        assert (await upload(server, written(gradient), query))[0] == 200
        assert set(await board(server)) <= set(range(16)) - {5, 0}


def damaged_png() -> bytes:
    data = bytearray(written(squares()))
    data[data.index(b"IDAT") + 8] ^= 0xFF
    return bytes(data)


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    return written(frames[0], kind, save_all=True, append_images=frames[1:])


def cut(kind: str) -> bytes:
    noise = Image.frombytes("RGB", (100, 100), os.urandom(30_000))
    data = written(noise, kind)
    return data[: len(data) // 2]


def bomb() -> bytes:
    """Says that it is small, and has 200 MB."""
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    return png(8, 8, chunk(b"IDAT", body))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "wrong CRC": damaged_png,
    "cut PNG": lambda: cut("PNG"),
    "cut JPEG": lambda: cut("JPEG"),
    "cut WebP": lambda: cut("WEBP"),
    "animated PNG": lambda: animated("PNG"),
    "animated WebP": lambda: animated("WEBP"),
    "60,000 wide": lambda: png(60_000, 10, chunk(b"IDAT", zlib.compress(bytes(610_000)))),
    "a gigabyte claimed": lambda: png(32_768, 32_768, chunk(b"IDAT", zlib.compress(bytes(100)))),
    "no pixels": lambda: png(0, 0, chunk(b"IDAT", b"")),
    "no data": lambda: png(8, 8),
    "a chunk beyond the end": lambda: png(8, 8)[:-12] + b"\xff\xff\xff\xffIDAT",
    "a GIF": lambda: written(Image.new("P", (8, 8)), "GIF"),
    "a text": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a page": lambda: b"<!doctype html><script>1</script>",
    "an archive": lambda: b"PK\x05\x06" + bytes(18),
    "a PNG behind a page": lambda: b"<!doctype html>" + written(squares()),
    "the beginning of a PNG": lambda: b"\x89PNG\r\n\x1a\n",
    "the beginning of a JPEG": lambda: b"\xff\xd8\xff\xc0",
    "the beginning of a WebP": lambda: b"RIFF\x00\x00\x00\x00WEBP",
}


async def test_what_is_hostile_is_refused_with_the_reason(server: ServerProcess) -> None:
    for name, made in HOSTILE.items():
        status, told = await upload(server, made())
        assert (status, told["statusCode"]) == (422, 422), name
        assert told["message"], name
    assert (await upload(server, b""))[0] == 400
    parts = b"--x\r\n\r\n" * 10_000 + b"--x--\r\n"
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "multipart/mixed", "image/svg+xml"):
        assert (await upload(server, parts, kind=kind))[0] == 415, kind
    assert (await upload(server, bytes((1 << 25) + 1)))[0] == 413
    assert (await upload(server, written(squares()), "?width=4"))[0] == 200
    assert "Traceback" not in server.log.read_text()


async def test_a_bomb_is_not_unpacked(server: ServerProcess) -> None:
    status, told = await upload(server, bomb())
    assert status in (200, 422), told
    assert server.resident_bytes() < 300 << 20


PLACES = (
    "?width=0", "?width=65", "?width=4&width=5", "?width=x", "?height=65",
    "?x=1", "?x=64&y=0", "?x=61&y=0&width=4", "?dither=2", f"?reason={'x' * 501}&x=0&y=0",
)  # fmt: skip


async def test_a_place_that_is_none_is_refused(server: ServerProcess) -> None:
    for query in PLACES:
        assert (await upload(server, written(squares()), query))[0] == 422, query


async def test_the_gateway_goes_on_while_a_large_picture_is_reduced(start_server: StartServer) -> None:
    server = start_server(BOARD_SIZE=1024)
    photograph = written(Image.linear_gradient("L").resize((6_000, 4_000)).convert("RGB"), "JPEG")
    work = asyncio.create_task(upload(server, photograph, "?x=0&y=0"))
    answers = 0
    while not work.done():
        assert (await get(server.url, "/health"))[0] == 200
        answers += 1
    status, told = await work
    assert (status, told["width"], told["height"]) == (200, 1024, 682)
    assert answers > 5


async def test_a_third_at_once_is_told_to_come_back_and_who_dies_leaves_nothing(server: ServerProcess) -> None:
    files = Path(f"/proc/{server.process.pid}/fd")

    def open_files() -> int:
        found = []
        for one in files.iterdir():
            with suppress(FileNotFoundError):  # closed in between
                found.append(str(one.readlink()))
        return sum("(deleted)" in name for name in found)

    before = open_files()
    head = f"POST /api/pictures HTTP/1.1\r\nHost: x\r\napiKey: {API_KEY}\r\nContent-Length: 5000000\r\n"
    dying = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(2)]
    for _, writer in dying:
        writer.write(head.encode() + b"Content-Type: image/png\r\n\r\n" + bytes(2_000_000))
        await writer.drain()
    await until(lambda: open_files() == before + 2)
    status, told = await upload(server, written(squares()))
    assert (status, told["statusCode"]) == (503, 503)
    for _, writer in dying:
        writer.transport.abort()
    await until(lambda: open_files() == before)
    assert (await upload(server, written(squares()), "?width=4"))[0] == 200
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    assert children == ""
