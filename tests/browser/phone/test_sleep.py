"""Pages that slept, were hidden, or ran for a day: they find back by themselves, by delta, and never lie meanwhile."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.boards import board_at, fill, mark, paint
from tests.browser.drawing_page import DrawingPage
from tests.browser.relay import relay
from tests.browser.sleep import asleep
from tests.browser.visitors import PHONE, Visitors
from tests.browser.walls import Wall, difference
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONE = Wall(500, 400, 1, 1)
SLEPT_SECONDS = 14  # a page takes 12 for a busy moment
LOST = ["net::ERR_", "WebSocket connection to", "when fetching the script"]
SOON_MS = 30_000  # a silent connection is given up after 45 s
HALF_AN_HOUR_MS = 30 * 60_000

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


async def found_back(page: Page, seq: int) -> None:
    """It knows what it missed, long before a dead connection would be noticed by its silence."""
    await expect(page.locator("body")).to_have_attribute("data-seq", str(seq), timeout=SOON_MS)


async def test_a_phone_and_a_wall_that_slept_through_a_change_of_network_find_back(
    chromium: Browser, visitors: Visitors, server: ServerProcess
) -> None:
    visitors.forgiven += LOST
    await mark(server.url)
    async with relay(server.port) as network:
        drawing = await DrawingPage.open(visitors, network.url, **PHONE)
        [screen] = await ONE.open(visitors, network.url)
        await expect(screen.locator("body")).to_have_attribute("data-connected", "true")
        drawing.wire.forget()
        async with asleep(chromium, SLEPT_SECONDS):
            network.forget()
            await fill(server.url, (3, 4), (9, 8), 7)
            await fill(server.url, (50, 40), (2, 2), 9)
        board = await board_at(server.url)
        await found_back(drawing.page, board.seq)
        await found_back(screen, board.seq)
        await drawing.equals_server()
        assert drawing.wire.deltas() >= 1
        assert drawing.wire.whole_boards() == 0
        assert difference(await ONE.shown([screen], board.seq), ONE.golden(board)) is None
        await expect(screen.locator("#stale")).to_be_hidden()
        await drawing.draw(27, 27, 5)
        await drawing.says("Placed at 27, 27")


async def test_a_page_that_is_looked_at_again_asks_at_once_whether_it_is_current(
    visitors: Visitors, server: ServerProcess
) -> None:
    visitors.forgiven += LOST
    await mark(server.url)
    async with relay(server.port) as network:
        drawing = await DrawingPage.open(visitors, network.url)
        await drawing.page.evaluate(HIDE, True)
        network.forget()  # its connection is dead, and a browser would find out after half a minute
        await fill(server.url, (3, 4), (9, 8), 7)
        await drawing.page.wait_for_timeout(1200)
        assert await drawing.body.get_attribute("data-seq") == "1"
        drawing.wire.forget()
        await drawing.page.evaluate(HIDE, False)
        await found_back(drawing.page, (await board_at(server.url)).seq)
        await drawing.equals_server()
        assert drawing.wire.deltas() >= 1
        assert drawing.wire.whole_boards() == 0


async def half_an_hour_later(page: Page) -> None:
    """As if the lid of a laptop had been closed for so long: clocks jump, timers that are due go off once."""
    await page.clock.fast_forward(HALF_AN_HOUR_MS)


async def shows_the_board(page: Page, url: str) -> None:
    """Until each of its dots is right; frames come by the page's clock, so not at once."""
    board = await board_at(url)
    golden = ONE.golden(board)
    async with asyncio.timeout(SOON_MS / 1000):
        while difference(await ONE.shown([page], board.seq), golden):
            await page.wait_for_timeout(50)
    await expect(page.locator("#stale")).to_be_hidden()


async def test_a_display_that_sleeps_again_and_again_for_a_day_always_shows_the_board(
    visitors: Visitors, server: ServerProcess
) -> None:
    visitors.forgiven += LOST
    await paint(server.url, rectangles=5)
    context = await visitors.context(viewport={"width": ONE.width, "height": ONE.height})
    page = await context.new_page()
    await page.clock.install()
    await page.goto(server.url + ONE.address(1))
    for change in range(48):
        await half_an_hour_later(page)
        if change % 6 == 5:
            await fill(server.url, (change, 3), (2, 9), 1 + change % 9)
            await shows_the_board(page, server.url)


STEADY_STANDS_STILL = "() => { const now = performance.now(); performance.now = () => now; }"
WALL_IS_SET = """() => { const real = Date.now; Date.now = () => real() + 3_600_000; }"""


async def test_a_countdown_goes_on_where_the_steady_clock_stands_still(
    visitors: Visitors, start_server: StartServer
) -> None:
    """Simulated: some phones stop it in sleep."""
    server = start_server(MAX_PIXELS=1, COOLDOWN=4)
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    await drawing.click(27, 27)
    await drawing.watch("remaining")
    await drawing.page.evaluate(STEADY_STANDS_STILL)
    await drawing.button.click()
    await drawing.settled()
    await expect(drawing.remaining).to_have_text("1", timeout=SOON_MS)
    assert "0" in await drawing.told()


async def test_a_wall_clock_that_is_set_is_believed_by_nobody(visitors: Visitors, start_server: StartServer) -> None:
    """Simulated: an hour forward. The gateway says what is left of the window, and a wall asks what time it is."""
    server = start_server(MAX_PIXELS=1, COOLDOWN=600)
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    await drawing.draw(27, 27, 5)
    await expect(drawing.remaining).to_have_text("0")
    screen, wire = await visitors.open(server.url + "/display")
    await expect(screen.locator("body")).to_have_attribute("data-connected", "true")
    drawing.wire.forget()
    wire.forget()
    for page in (drawing.page, screen):
        await page.evaluate(WALL_IS_SET)
    async with asyncio.timeout(SOON_MS / 1000):
        while "initialState" not in "".join(drawing.wire.received) or "/api/log" not in wire.fetched:
            await drawing.page.wait_for_timeout(50)
    await expect(drawing.remaining).to_have_text("0")
    await expect(drawing.countdown).to_contain_text("in 5")  # 5xx seconds
