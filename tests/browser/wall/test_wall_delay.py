"""A delayed wall: what staff erase in time is never seen on it, not even by a screen that is loaded in between."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.boards import board_at, fill, organise, picture_of
from tests.browser.canvas import Color
from tests.browser.visitors import Visitors
from tests.browser.walls import Wall, difference
from tests.clients.http import get
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

WALL = Wall(320, 320, 1, 1)
DELAY_SECONDS = 4
TRIES = 5 * (DELAY_SECONDS + 10)
BAD, GOOD, CLEAN = 5, 12, 9  # colours: what nobody may see, what all may see, what was there before
# Every picture that is drawn is looked at: whether the dot in the middle of a pixel ever had that colour.
_WATCH = """([x, y, red, green, blue]) => {
  const context = document.getElementById("board").getContext("2d");
  window.seenAt = null;
  const look = () => {
    const dot = context.getImageData(x, y, 1, 1).data;
    if (dot[0] === red && dot[1] === green && dot[2] === blue) window.seenAt ??= performance.now();
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest_asyncio.fixture(loop_scope="module")
async def server(start_server: StartServer) -> ServerProcess:
    """Old enough for the delay, so that an earlier board exists."""
    server = start_server(COOLDOWN=0)
    await fill(server.url, (0, 0), (64, 64), CLEAN)
    for _ in range(TRIES):
        if (await get(server.url, f"/api/board/earlier?delay={DELAY_SECONDS}"))[0] == 200:
            return server
        await asyncio.sleep(0.2)
    raise AssertionError("there is no earlier board")


async def opened(visitors: Visitors, url: str) -> Page:
    """A delayed display that shows the present board's clean colour."""
    page, _ = await visitors.open(
        f"{url}/display?delay={DELAY_SECONDS}", viewport={"width": WALL.width, "height": WALL.height}
    )
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    return page


async def watch(page: Page, x: int, y: int, color: Color) -> None:
    """From now on `seenAt` tells when that pixel first had that colour."""
    await page.evaluate(_WATCH, [x * 5 + 2, y * 5 + 2, *color])


async def seen_at(page: Page) -> float | None:
    moment: float | None = await page.evaluate("() => window.seenAt")
    return moment


async def equals_board(page: Page, url: str) -> None:
    """Sooner or later a delayed wall shows everything."""
    board = await board_at(url)
    for _ in range(TRIES):
        if difference(picture_of(await page.screenshot()), WALL.golden(board)) is None:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the wall does not show the board")


async def test_what_is_erased_within_the_delay_is_never_seen(visitors: Visitors, server: ServerProcess) -> None:
    page = await opened(visitors, server.url)
    board = await board_at(server.url)
    await watch(page, 20, 30, board.colors[BAD])
    async with dial(server.url) as phone:
        await phone.join()
        await phone.place(20, 30, BAD)
        late, _ = await visitors.open(page.url, viewport={"width": WALL.width, "height": WALL.height})
        await watch(late, 20, 30, board.colors[BAD])
        await fill(server.url, (18, 28), (6, 6), CLEAN)
        await phone.place(50, 50, GOOD)
        await equals_board(page, server.url)
        await equals_board(late, server.url)
    assert [await seen_at(page), await seen_at(late)] == [None, None]


async def test_a_reset_within_the_delay_takes_effect_at_once(visitors: Visitors, server: ServerProcess) -> None:
    page = await opened(visitors, server.url)
    board = await board_at(server.url)
    await watch(page, 20, 30, board.colors[BAD])
    async with dial(server.url) as phone:
        await phone.join()
        await phone.place(20, 30, BAD)
        await organise(server.url, "/board/reset")
    await equals_board(page, server.url)
    assert await seen_at(page) is None


async def test_a_placement_is_seen_when_its_time_has_come(visitors: Visitors, server: ServerProcess) -> None:
    page = await opened(visitors, server.url)
    board = await board_at(server.url)
    await watch(page, 20, 30, board.colors[GOOD])
    async with dial(server.url) as phone:
        await phone.join()
        before = await page.evaluate("() => performance.now()")
        await phone.place(20, 30, GOOD)
    await page.wait_for_function("() => window.seenAt !== null")
    moment = await seen_at(page)
    assert moment
    assert DELAY_SECONDS * 1000 <= moment - before < (DELAY_SECONDS + 10) * 1000


async def test_a_screen_loaded_after_a_placement_waits_as_long(visitors: Visitors, server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        await phone.join()
        await phone.place(20, 30, GOOD)
        page = await opened(visitors, server.url)
        golden = WALL.golden(await board_at(server.url))
    assert difference(picture_of(await page.screenshot()), golden) is not None
    await equals_board(page, server.url)


async def test_a_gateway_that_was_killed_reveals_nothing_young(visitors: Visitors, start_server: StartServer) -> None:
    visitors.forgiven += ["503 (Service Unavailable)"]
    server = start_server(COOLDOWN=0)
    board = await board_at(server.url)
    async with dial(server.url) as phone:
        await phone.join()
        await phone.place(20, 30, BAD)
    server.kill()
    server.start()
    page, _ = await visitors.open(
        f"{server.url}/display?delay={DELAY_SECONDS}", viewport={"width": WALL.width, "height": WALL.height}
    )
    await watch(page, 20, 30, board.colors[BAD])
    await expect(page.locator("#waiting")).to_be_visible()
    await fill(server.url, (20, 30), (1, 1), CLEAN)
    await equals_board(page, server.url)
    assert await seen_at(page) is None
