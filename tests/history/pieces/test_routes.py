"""The evening in pieces over HTTP, as a real server has made them of a long log."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.clients.http import get, post
from tests.clients.raw_http import request
from tests.e2e.process import run_beeplace
from tests.history.long_log import PEOPLE, at_ms, board, pixels, write_long_log
from tests.history.pieces.reader import play, read
from tests.servers import API_KEY, ServerProcess
from tests.waiting import becomes

PIECE = 65_536
ROWS, SIZE = 2 * PIECE + 100, 64
MAX_GROWTH_KB = 32 * 1024  # that reading of any kind may take


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("evening")
    asyncio.run(write_long_log(folder / "data" / "beeplace.db", ROWS, SIZE))
    server = ServerProcess(folder, BOARD_SIZE=SIZE)
    yield server
    server.kill()


async def index(server: ServerProcess) -> Any:
    async def seq() -> int:
        _, body, _ = await get(server.url, "/api/history/index.json")
        return int(json.loads(body)["seq"])

    await becomes(seq, 2 * PIECE)
    return json.loads((await get(server.url, "/api/history/index.json"))[1])


async def plain(server: ServerProcess, path: str, coding: str) -> tuple[bytes, Mapping[str, str]]:
    status, body, headers = await get(server.url, path, headers={"Accept-Encoding": coding})
    assert status == 200
    return body, headers


def memory_kb(server: ServerProcess, name: str) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith(f"{name}:"))


async def test_whatever_is_read_takes_little_memory(server: ServerProcess) -> None:
    """The first of this file: what is read once is kept."""
    told = await index(server)
    paths = ["/api/log?after=0", "/api/log?after=31000", "/api/pixels/1/1?n=100", "/api/statistics", "/api/heatmap.png"]
    paths += [f"/api/history/{piece['url']}" for piece in told["pieces"]]
    before = memory_kb(server, "VmRSS")
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # the peak begins anew
    export = asyncio.create_task(asyncio.to_thread(run_beeplace, server.folder, "export", "--to", "rows.csv"))
    answers = await asyncio.gather(*(get(server.url, path) for path in paths * 2))
    exported = await export
    assert exported.returncode == 0, exported.stderr
    assert {status for status, _, _ in answers} == {200}
    for question in ("preview", "authors"):
        selection = {"area": {"x": 0, "y": 0, "width": 40, "height": 40}}
        assert (await post(server.url, f"/api/selections/{question}", selection, API_KEY))[0] == 200
    assert memory_kb(server, "VmHWM") - before <= MAX_GROWTH_KB


async def test_the_evening_is_read_from_its_pieces_alone(server: ServerProcess) -> None:
    told = await index(server)
    found, last = bytearray(SIZE * SIZE), 0
    for piece in told["pieces"]:
        body, headers = await plain(server, f"/api/history/{piece['url']}", "gzip")
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert headers["Content-Encoding"] == "gzip"
        assert int(headers["Content-Length"]) == piece["bytes"]
        assert piece["bytes"] <= 5 * PIECE
        unpacked, headers = await plain(server, f"/api/history/{piece['url']}", "identity")
        assert (unpacked, headers["Content-Length"], "Content-Encoding" in headers) == (body, str(len(body)), False)
        for line in read(body):
            assert (line.seq, line.at_ms) == (last + 1, at_ms(last + 1))
            assert [int(field) for field in line.fields] == list(pixels(ROWS, SIZE)[last])
            last = line.seq
            play(found, SIZE, line)
    assert last == told["seq"]
    assert found == board(ROWS, SIZE, last)
    [checkpoint] = told["checkpoints"]
    body, _ = await plain(server, f"/api/history/{checkpoint['url']}", "gzip")
    assert (checkpoint["seq"], body) == (PIECE, board(ROWS, SIZE, PIECE))
    _, rest, _ = await get(server.url, f"/api/log?after={told['seq']}")
    assert len(rest.decode().splitlines()) == ROWS - told["seq"] + 1


async def test_figures_and_heat_map_are_those_of_the_whole_evening(server: ServerProcess) -> None:
    evening = json.loads((await get(server.url, "/api/statistics"))[1])["evening"]
    placed = Counter((x, y) for x, y, _ in pixels(ROWS, SIZE))
    colors = Counter(color for _, _, color in pixels(ROWS, SIZE))
    assert (evening["seq"], evening["placements"], evening["people"]) == (ROWS, ROWS, PEOPLE)
    assert evening["colors"] == [colors[color] for color in range(16)]
    assert [pixel["placements"] for pixel in evening["contested"]] == sorted(placed.values(), reverse=True)[:10]
    assert sum(minute["placements"] for minute in evening["perMinute"]) == ROWS
    assert (evening["first"]["at"], evening["last"]["at"]) == (at_ms(1), at_ms(ROWS))
    status, body, headers = await get(server.url, "/api/heatmap.png")
    assert (status, headers["Content-Type"]) == (200, "image/png")
    picture = Image.open(io.BytesIO(body)).convert("L")
    assert picture.size == (SIZE, SIZE)
    shown = int(np.asarray(picture).argmax())
    assert placed[shown % SIZE, shown // SIZE] == max(placed.values())
    again = await get(server.url, "/api/heatmap.png", headers={"If-None-Match": headers["ETag"]})
    assert again[0] == 304


async def test_what_is_known_is_not_sent_again(server: ServerProcess) -> None:
    told = await index(server)
    for path in ("index.json", told["pieces"][0]["url"], told["checkpoints"][0]["url"]):
        _, _, headers = await get(server.url, f"/api/history/{path}")
        status, body, again = await get(server.url, f"/api/history/{path}", headers={"If-None-Match": headers["ETag"]})
        assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])


async def test_what_is_not_there_is_not_found_and_not_kept(server: ServerProcess) -> None:
    await index(server)
    for name in (f"0-{'0' * 16}", "99999-0123456789abcdef", "0", "-1", "0-x", "%2e%2e", "0-" + "a" * 4_000):
        for kind in ("pieces", "checkpoints"):
            status, _, headers = await get(server.url, f"/api/history/{kind}/{name}")
            assert status == 404, name
            assert "immutable" not in headers.get("Cache-Control", "")


async def test_the_index_is_compressed_for_who_takes_it(server: ServerProcess) -> None:
    answer = await request(server.port, "GET", "/api/history/index.json", ["Accept-Encoding: gzip"])
    assert json.loads(gzip.decompress(answer.body)) == await index(server)
