"""Six displays and three phones, and a gateway that dies in the middle: in the end all pictures are the board."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.boards import ServerBoard, board_at, fill, mark, organise, paint, picture_of
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import PHONE, Visitors
from tests.browser.walls import Wall, difference
from tests.conftest import StartServer
from tests.ports import free_port
from tests.waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIX = Wall(320, 240)
LOST = ["net::ERR_", "WebSocket connection to", "when fetching the script"]


async def equals_but_for_the_mark(screens: list[Page], board: ServerBoard) -> bool:
    """The last picture stays, whatever has become of the gateway; only the small clock is upon it."""
    for screen in screens:
        await screen.evaluate("() => { document.getElementById('stale').style.opacity = '0'; }")
    shown = await SIX.shown(screens, board.seq)
    for screen in screens:
        await screen.evaluate("() => { document.getElementById('stale').style.opacity = ''; }")
    return difference(shown, SIX.golden(board)) is None


async def test_six_displays_and_three_phones_survive_a_killed_gateway(
    visitors: Visitors, start_server: StartServer
) -> None:
    visitors.forgiven += LOST
    server = start_server(PORT=free_port(), MAX_PIXELS=20)
    await paint(server.url, rectangles=15)
    await mark(server.url)
    screens = await SIX.open(visitors, server.url)
    phones = [await DrawingPage.open(visitors, server.url, **PHONE) for _ in range(3)]
    for number, phone in enumerate(phones):
        await phone.draw(27 + number, 27, 5)
    before = await board_at(server.url)
    assert difference(await SIX.shown(screens, before.seq), SIX.golden(before)) is None
    server.kill()
    for screen in screens:
        await expect(screen.locator("body")).to_have_attribute("data-connected", "false")
        await expect(screen.locator("#stale")).to_be_visible()
    assert await equals_but_for_the_mark(screens, before)
    server.start()
    for phone in phones:
        await phone.live()
    for number, phone in enumerate(phones):
        await phone.draw(27 + number, 36, 9)
    await fill(server.url, (0, 0), (9, 9), 4)
    board = await board_at(server.url)
    assert difference(await SIX.shown(screens, board.seq), SIX.golden(board)) is None
    for screen in screens:
        await expect(screen.locator("#stale")).to_be_hidden()
    for phone in phones:
        await phone.equals_server()


async def kept_by_worker(screen: Page) -> None:
    """Until the page would come up without the server."""
    await becomes(lambda: screen.evaluate("async () => Boolean(await caches.match('/display'))"), True)


async def test_a_display_that_starts_while_the_server_is_away_shows_its_last_picture(
    visitors: Visitors, start_server: StartServer
) -> None:
    visitors.forgiven += LOST
    server = start_server(PORT=free_port())
    board = await paint(server.url)
    [screen] = await Wall(500, 400, 1, 1).open(visitors, server.url)
    await expect(screen.locator("body")).to_have_attribute("data-seq", str(board.seq))
    await kept_by_worker(screen)
    await screen.evaluate("() => dispatchEvent(new Event('pagehide'))")
    server.kill()
    await screen.reload()
    await expect(screen.locator("#stale")).to_be_visible()
    await screen.evaluate("() => { document.getElementById('stale').style.opacity = '0'; }")
    assert difference(picture_of(await screen.screenshot()), Wall(500, 400, 1, 1).golden(board)) is None
    server.start()
    await organise(server.url, "/board/area", x1=0, y1=0, x2=20, y2=20, color=6)
    board = await board_at(server.url)
    await screen.evaluate("() => { document.getElementById('stale').style.opacity = ''; }")
    await expect(screen.locator("#stale")).to_be_hidden()
    assert difference(await Wall(500, 400, 1, 1).shown([screen], board.seq), Wall(500, 400, 1, 1).golden(board)) is None
