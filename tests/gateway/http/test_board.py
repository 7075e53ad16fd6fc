"""What anyone may read over HTTP: the board, the picture, the configuration, a pixel's history."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest
from PIL import Image

from beeplace.board.palette import THESIS_COLORS
from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.clients.raw_http import request
from tests.conftest import StartServer
from tests.servers import API_KEY, ServerProcess

PIXELS = [(0, 0, 5), (39, 0, 15), (39, 19, 9)]


@pytest.fixture
async def drawn(start_server: StartServer) -> ServerProcess:
    """A board of 40 x 20 with three pixels."""
    server = start_server(BOARD_WIDTH=40, BOARD_HEIGHT=20)
    async with dial(server.url) as phone:
        await phone.join("me")
        for x, y, color in PIXELS:
            placed = await phone.place(x, y, color)
        await phone.reached(placed["seq"])
    return server


async def test_the_board_is_one_byte_a_pixel(drawn: ServerProcess) -> None:
    status, body, headers = await get(drawn.url, "/api/board")
    assert (status, len(body), headers["Content-Type"]) == (200, 800, "application/octet-stream")
    assert (headers["X-Board-Width"], headers["X-Board-Height"]) == ("40", "20")
    assert {(i % 40, i // 40, c) for i, c in enumerate(body) if c} == set(PIXELS)


async def test_a_board_that_one_has_is_not_sent_again(drawn: ServerProcess) -> None:
    _, _, headers = await get(drawn.url, "/api/board")
    for path in ("/api/board", "/api/board.png?scale=2"):
        _, _, headers = await get(drawn.url, path)
        status, body, again = await get(drawn.url, path, headers={"If-None-Match": headers["ETag"]})
        assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])


async def test_a_changed_board_has_another_tag(drawn: ServerProcess) -> None:
    _, _, headers = await get(drawn.url, "/api/board")
    await post(drawn.url, "/board/reset", None, API_KEY)
    status, _, after = await get(drawn.url, "/api/board", headers={"If-None-Match": headers["ETag"]})
    assert (status, after["ETag"] != headers["ETag"]) == (200, True)


async def test_the_board_is_compressed_when_asked(drawn: ServerProcess) -> None:
    plain = await request(drawn.port, "GET", "/api/board")
    packed = await request(drawn.port, "GET", "/api/board", ["Accept-Encoding: gzip, deflate"])
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] in ("deflate", "gzip")
    assert len(packed.body) < len(plain.body)
    _, body, _ = await get(drawn.url, "/api/board", headers={"Accept-Encoding": "deflate"})
    assert body == plain.body


@pytest.mark.parametrize("scale", [1, 3, 32])
async def test_the_picture_is_exact_to_the_pixel(drawn: ServerProcess, scale: int) -> None:
    status, body, headers = await get(drawn.url, f"/api/board.png?scale={scale}")
    assert (status, headers["Content-Type"]) == (200, "image/png")
    image = Image.open(io.BytesIO(body)).convert("RGB")
    assert image.size == (40 * scale, 20 * scale)
    expected = Image.new("RGB", image.size, THESIS_COLORS[0])
    for x, y, color in PIXELS:
        expected.paste(THESIS_COLORS[color], (x * scale, y * scale, (x + 1) * scale, (y + 1) * scale))
    assert image.tobytes() == expected.tobytes()


async def test_a_picture_that_would_be_too_large_is_refused(start_server: StartServer) -> None:
    server = start_server(BOARD_SIZE=2048)
    status, body, _ = await get(server.url, "/api/board.png?scale=32")
    assert (status, b"too large" in body) == (422, True)


async def test_the_configuration_has_what_a_join_has_but_nothing_personal(drawn: ServerProcess) -> None:
    config = json.loads((await get(drawn.url, "/api/config"))[1])
    async with dial(drawn.url) as phone:
        state = await phone.join("you")
    personal = {"board", "remainingPixels", "retryIn", "userCount", "token"}
    assert state.keys() - config.keys() <= personal
    assert not config.keys() & personal
    both = config.keys() & state.keys() - {"entry"}
    assert {name: config[name] for name in both} == {name: state[name] for name in both}
    assert config["entry"].items() < state["entry"].items()  # which says whether this person is in, too


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/board?size=9", "there is no parameter size"),
        ("/api/board.png?scales=2", "there is no parameter scales"),
        ("/api/board.png?scale=1e1", "scale must be one integer from 1 to 32"),
        ("/api/board.png?scale=2&scale=2", "scale is given once"),
        ("/api/preview.png?x=a&y=1", "x must be one integer from 0 to 4095"),
        ("/api/config?fields=seq", "there is no parameter fields"),
        ("/api/pixels/1/1?n=5&limit=9", "there is no parameter limit"),
    ],
)
async def test_a_parameter_that_is_misspelt_or_wrong_is_refused(server: ServerProcess, path: str, said: str) -> None:
    status, body, _ = await get(server.url, path)
    assert (status, json.loads(body)) == (422, {"statusCode": 422, "message": said})


async def test_the_configuration_has_the_walls_first_values(server: ServerProcess) -> None:
    config = json.loads((await get(server.url, "/api/config"))[1])
    found = [config[f"display{name}"] for name in ("Width", "Height", "Columns", "Rows")]
    assert found == [1920, 1080, 1, 1]


async def history(server: ServerProcess, x: int, y: int, query: str = "") -> Any:
    return json.loads((await get(server.url, f"/api/pixels/{x}/{y}{query}"))[1])


async def test_a_pixel_says_who_when_and_which_colour(drawn: ServerProcess) -> None:
    found = await history(drawn, 39, 0)
    (change,) = found["changes"]
    assert (found["color"], found["hex"]) == (15, THESIS_COLORS[15])
    assert (change["kind"], change["color"], change["seq"]) == ("placement", 15, 2)
    assert change["by"].startswith("bee-")
    assert change["at"] > 1_600_000_000_000


async def test_a_pixels_changes_are_the_newest_first_and_counted(drawn: ServerProcess) -> None:
    for color in (3, 4):
        await post(drawn.url, "/board/area", {"x1": 0, "y1": 0, "x2": 1, "y2": 1, "color": color}, API_KEY)
    changes = (await history(drawn, 0, 0))["changes"]
    assert [change["color"] for change in changes] == [4, 3, 5]
    assert [change["by"] == "organiser" for change in changes] == [True, True, False]
    assert len((await history(drawn, 0, 0, "?n=1"))["changes"]) == 1


async def test_a_pixel_that_nobody_touched_has_no_changes(drawn: ServerProcess) -> None:
    assert await history(drawn, 1, 0) == {"x": 1, "y": 0, "color": 0, "hex": "#FFFFFF", "changes": []}


async def test_a_colour_that_the_palette_has_no_more_is_shown_as_it_was(start_server: StartServer) -> None:
    server = start_server(COOLDOWN=0)
    async with dial(server.url) as phone:
        await phone.join("me")
        await phone.place(1, 0, 12)
        await phone.place(1, 0, 5)
    server.stop()
    server.set(COLORS=json.dumps(THESIS_COLORS[:8]))
    server.start()
    found = await history(server, 1, 0)
    assert [(c["color"], c["hex"]) for c in found["changes"]] == [(5, THESIS_COLORS[5]), (12, THESIS_COLORS[12])]


async def test_a_picture_shows_what_was_confirmed_before_it_was_asked_for(start_server: StartServer) -> None:
    server = start_server(COOLDOWN=0, BOARD_SIZE=256)
    async with dial(server.url) as phone:
        await phone.join("me")

        async def ask() -> None:
            assert (await get(server.url, "/api/board.png?scale=7"))[0] == 200

        async with asyncio.TaskGroup() as others:
            for x in range(12):
                others.create_task(ask())
                assert (await phone.place(x, 0, 5))["ok"]
                _, body, _ = await get(server.url, "/api/board.png")
                assert Image.open(io.BytesIO(body)).getpixel((x, 0)) == 5
