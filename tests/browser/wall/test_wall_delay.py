"""A delayed wall: what staff erase in time is never seen on it, not even by a screen that is loaded in between."""

from __future__ import annotations

import time

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.browser.boards import board_at, fill, organise, picture_of
from tests.browser.canvas import Color
from tests.browser.visitors import Visitors
from tests.browser.walls import Wall, difference
from tests.clients.http import get
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.servers import ServerProcess
from tests.waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

WALL = Wall(320, 320, 1, 1)
DELAY_SECONDS = 4
DELAYS = (DELAY_SECONDS, 15, 50)  # a machine that does not act within one gets a longer one
BAD, GOOD, CLEAN = 5, 12, 9  # colours: what nobody may see, what all may see, what was there before
# Every picture that is drawn is looked at: when the dot in the middle of a pixel first had that colour.
_WATCH = """([x, y, red, green, blue]) => {
  window.seenAt = null;
  const look = () => {
    const dot = document.getElementById("board")?.getContext("2d").getImageData(x, y, 1, 1).data;
    if (dot && dot[0] === red && dot[1] === green && dot[2] === blue) window.seenAt ??= Date.now();
    requestAnimationFrame(look);
  };
  look();
}"""
# What is seen first: that the wall waits, or a board.
_FIRST_SEEN = """() => document.getElementById("waiting")?.checkVisibility() ? "waiting"
  : document.body.dataset.connected === "true" && document.body.dataset.seq ? "board" : null"""


@pytest_asyncio.fixture(loop_scope="module")
async def server(start_server: StartServer) -> ServerProcess:
    """Its board is of one colour."""
    server = start_server(COOLDOWN=0)
    await fill(server.url, (0, 0), (64, 64), CLEAN)
    return server


async def opened(
    visitors: Visitors, server: ServerProcess, delay: int, watched: tuple[int, int, Color] | None = None
) -> Page:
    """A delayed display, once the server is old enough for it; `seenAt` tells when a pixel first had that colour."""

    async def earlier_board() -> int:
        return (await get(server.url, f"/api/board/earlier?delay={delay}"))[0]

    await becomes(earlier_board, 200)
    page = await blank(visitors, watched)
    await page.goto(f"{server.url}/display?delay={delay}")
    await page.wait_for_selector('body[data-connected="true"]')
    return page


async def blank(visitors: Visitors, watched: tuple[int, int, Color] | None) -> Page:
    """A page in which that will be watched."""
    page = await (await visitors.context(viewport={"width": WALL.width, "height": WALL.height})).new_page()
    if watched:
        x, y, color = watched
        await page.add_init_script(f"({_WATCH})({[x * 5 + 2, y * 5 + 2, *color]})")
    return page


async def seen_at(page: Page) -> float | None:
    moment: float | None = await page.evaluate("() => window.seenAt")
    return moment


async def equals_board(page: Page, url: str) -> None:
    """Sooner or later a delayed wall shows everything."""
    board = await board_at(url)

    async def differs() -> bool:
        return difference(picture_of(await page.screenshot()), WALL.golden(board)) is not None

    await becomes(differs, False)


async def test_what_is_erased_within_the_delay_is_never_seen(visitors: Visitors, server: ServerProcess) -> None:
    bad = (await board_at(server.url)).colors[BAD]
    for row, delay in enumerate(DELAYS):
        page = await opened(visitors, server, delay, (20, row, bad))
        late = await blank(visitors, (20, row, bad))
        async with dial(server.url) as phone:
            await phone.join()
            began = time.monotonic()
            await phone.place(20, row, BAD)
            await late.goto(page.url)
            await late.wait_for_selector('body[data-connected="true"]')
            await fill(server.url, (18, row), (6, 1), CLEAN)
            was_in_time = time.monotonic() - began < delay
            await phone.place(50, 50, GOOD)
        if was_in_time:
            await equals_board(page, server.url)
            await equals_board(late, server.url)
            assert [await seen_at(page), await seen_at(late)] == [None, None]
            return
    raise AssertionError("this machine is slower than any delay")


async def test_a_reset_within_the_delay_takes_effect_at_once(visitors: Visitors, server: ServerProcess) -> None:
    bad = (await board_at(server.url)).colors[BAD]
    page = await opened(visitors, server, DELAY_SECONDS, (20, 30, bad))
    async with dial(server.url) as phone:
        await phone.join()
        await phone.place(20, 30, BAD)
        await organise(server.url, "/board/reset")
    await equals_board(page, server.url)
    assert await seen_at(page) is None


async def test_a_placement_is_seen_when_its_time_has_come(visitors: Visitors, server: ServerProcess) -> None:
    """Also by a screen that is loaded after it."""
    good = (await board_at(server.url)).colors[GOOD]
    page = await opened(visitors, server, DELAY_SECONDS, (20, 30, good))
    async with dial(server.url) as phone:
        await phone.join()
        before = time.time() * 1000
        await phone.place(20, 30, GOOD)
    late = await opened(visitors, server, DELAY_SECONDS, (20, 30, good))
    for screen in (page, late):
        await screen.wait_for_function("() => window.seenAt !== null")
        moment = await seen_at(screen)
        assert moment
        assert moment - before >= DELAY_SECONDS * 1000
        await equals_board(screen, server.url)


async def test_a_gateway_that_was_killed_reveals_nothing_young(visitors: Visitors, start_server: StartServer) -> None:
    visitors.forgiven += ["503 (Service Unavailable)"]
    server = start_server(COOLDOWN=0)
    bad = (await board_at(server.url)).colors[BAD]
    for row, delay in enumerate(DELAYS):
        async with dial(server.url) as phone:
            await phone.join()
            await phone.place(20, row, BAD)
        page = await blank(visitors, (20, row, bad))
        server.kill()
        began = time.monotonic()
        server.start()
        await page.goto(f"{server.url}/display?delay={delay}")
        first = await (await page.wait_for_function(_FIRST_SEEN)).json_value()
        await fill(server.url, (20, row), (1, 1), CLEAN)
        if time.monotonic() - began < delay:
            assert first == "waiting"
            await equals_board(page, server.url)
            assert await seen_at(page) is None
            return
    raise AssertionError("this machine is slower than any delay")
