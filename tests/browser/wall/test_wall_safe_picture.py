"""Panic on walls: the safe picture and nothing else; armed ones show it also while the server is away."""

from __future__ import annotations

import aiohttp
import pytest
from playwright.async_api import Page, expect

from tests.browser.boards import ServerBoard, board_at, fill, organise, paint, picture_of
from tests.browser.drawing_page import DrawingPage
from tests.browser.late import Late
from tests.browser.visitors import PHONE, Visitors
from tests.browser.wall.test_wall_recovery import LOST, kept_by_worker
from tests.browser.walls import Wall, difference
from tests.conftest import StartServer
from tests.ports import free_port
from tests.servers import API_KEY, ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

WALL = Wall(320, 240, 2, 1)


async def approve(url: str, **body: object) -> ServerBoard:
    """The board as it is, which is the safe picture from here on; it is painted over then."""
    safe = await board_at(url)
    await organise(url, "/api/safe-picture", **body)
    await fill(url, (0, 0), (safe.width, safe.height), 6)
    return safe


async def end_panic(url: str) -> None:
    async with aiohttp.ClientSession() as http, http.delete(f"{url}/api/panic", headers={"apiKey": API_KEY}) as answer:
        assert answer.status == 200


async def is_safe(screens: list[Page], *, safe: bool = True) -> None:
    for screen in screens:
        await expect(screen.locator("body")).to_have_attribute("data-safe", str(safe).lower())


async def held(screens: list[Page]) -> None:
    for screen in screens:
        await expect(screen.locator("body")).not_to_have_attribute("data-safe-held", "")


async def shows(screens: list[Page], picture: ServerBoard) -> None:
    """All of them together, and nothing upon them."""
    await is_safe(screens)
    for number, screen in enumerate(screens, 1):
        x, y = WALL.corner(number)
        golden = WALL.golden(picture).crop((x, y, x + WALL.width, y + WALL.height))
        assert difference(picture_of(await screen.screenshot()), golden) is None


async def test_panic_shows_the_safe_picture_on_all_screens_and_pauses_phones(
    visitors: Visitors, server: ServerProcess
) -> None:
    visitors.forgiven.append("503")  # the server is younger than a delay
    await paint(server.url)
    safe = await approve(server.url)
    screens = await WALL.open(visitors, server.url)
    rotating = await (await visitors.context(viewport={"width": 320, "height": 240})).new_page()
    await rotating.goto(server.url + WALL.address(1) + "&scenes=statistics:60&join=br&delay=5")
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    await held([*screens, rotating])
    await organise(server.url, "/api/panic", reason="an exercise")
    await shows(screens, safe)
    await shows([rotating], safe)
    await expect(phone.notice).to_have_text("Drawing is paused for a moment. It goes on soon.")
    await expect(phone.button).to_be_disabled()
    await end_panic(server.url)
    await is_safe(screens, safe=False)
    board = await board_at(server.url)
    assert difference(await WALL.shown(screens, board.seq), WALL.golden(board)) is None
    await expect(phone.notice).to_be_hidden()
    await phone.canvas.tap()
    await phone.button.click()
    await phone.settled()
    assert (await phone.equals_server()).seq == board.seq + 1


async def test_without_a_safe_picture_panic_shows_words_and_no_board(visitors: Visitors, server: ServerProcess) -> None:
    board = await paint(server.url)
    [screen] = await Wall(500, 400, 1, 1).open(visitors, server.url)
    await expect(screen.locator("body")).to_have_attribute("data-seq", str(board.seq))
    picture = Late()  # is taken back while it is on its way
    await screen.route("**/api/safe-picture", picture.answer)
    approved = await organise(server.url, "/api/safe-picture")
    await picture.waits.wait()
    await organise(server.url, f"/api/actions/{approved['seq']}/undo")
    await organise(server.url, "/api/panic")
    await is_safe([screen])
    async with screen.expect_event("requestfinished"):
        picture.release.set()
    await screen.evaluate("() => new Promise(requestAnimationFrame)")
    await expect(screen.locator("#safe-words")).to_be_visible()
    await screen.evaluate("() => { document.getElementById('safe-words').style.opacity = '0'; }")
    assert picture_of(await screen.screenshot()).getbbox() is None


async def test_an_armed_screen_that_loses_the_server_shows_it_and_so_does_one_that_starts_then(
    visitors: Visitors, start_server: StartServer
) -> None:
    visitors.forgiven += LOST
    server = start_server(PORT=free_port())
    await paint(server.url)
    safe = await approve(server.url)
    screens = await WALL.open(visitors, server.url)
    await held(screens)
    await is_safe(screens, safe=False)
    await kept_by_worker(screens[1])
    server.kill()
    await shows(screens, safe)
    await screens[1].reload()
    await shows(screens, safe)
    server.start()
    await is_safe(screens, safe=False)
    board = await board_at(server.url)
    assert difference(await WALL.shown(screens, board.seq), WALL.golden(board)) is None


async def test_a_screen_that_is_not_armed_keeps_its_last_picture_but_for_panic(
    visitors: Visitors, start_server: StartServer
) -> None:
    visitors.forgiven += LOST
    server = start_server(PORT=free_port())
    await paint(server.url)
    safe = await approve(server.url, armed=False)
    screens = await WALL.open(visitors, server.url)
    await held(screens)
    await kept_by_worker(screens[0])
    server.kill()
    for screen in screens:
        await expect(screen.locator("#stale")).to_be_visible()
    await is_safe(screens, safe=False)
    server.start()
    await organise(server.url, "/api/panic")
    await is_safe(screens)
    server.kill()
    await screens[0].reload()
    await shows(screens, safe)
