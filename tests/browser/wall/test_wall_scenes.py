"""What a display shows beside the board: scenes in their rotation, the code to join, the wave, the test pattern."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.boards import board_at, paint, picture_of
from tests.browser.visitors import Visitors
from tests.browser.walls import Wall, difference
from tests.clients.phone import Phone, dial
from tests.conftest import StartServer
from tests.servers import ServerProcess
from tests.waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCREEN = Wall(640, 400, 1, 1)
TEN_MINUTES_LATER = "() => { const now = performance.now.bind(performance); performance.now = () => now() + 600_000; }"


@pytest_asyncio.fixture(loop_scope="module")
async def server(start_server: StartServer) -> ServerProcess:
    """Anyone may place as much as they like."""
    return start_server(COOLDOWN=0, SOCKET_EVENTS_PER_SECOND=1000)


@pytest_asyncio.fixture(loop_scope="module")
async def phone(server: ServerProcess) -> AsyncIterator[Phone]:
    """Has joined."""
    async with dial(server.url) as phone:
        await phone.join()
        yield phone


async def opened(visitors: Visitors, server: ServerProcess, query: str) -> Page:
    """A display that has the board."""
    viewport = {"width": SCREEN.width, "height": SCREEN.height}
    page, _ = await visitors.open(f"{server.url}/display?{query}", viewport=viewport)
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    return page


async def test_statistics_count_what_was_placed(visitors: Visitors, server: ServerProcess, phone: Phone) -> None:
    for x in range(7):
        await phone.place(x, 0, 5)
    page = await opened(visitors, server, "scenes=statistics:3600")
    await expect(page.locator("#statistics")).to_be_visible()
    await expect(page.locator("#people")).to_have_text("1")
    await expect(page.locator("#hour")).to_have_text("7")
    await expect(page.locator("#minutes i")).to_have_count(60)


async def test_the_code_to_join_comes_from_this_server(visitors: Visitors, server: ServerProcess) -> None:
    page = await opened(visitors, server, "scenes=qr:3600")
    await expect(page.locator("#qr-code")).to_be_visible()
    assert await page.locator("#qr-code").evaluate("(image) => image.naturalWidth > 0")
    await expect(page.locator("#qr-address")).to_have_text(server.url.removeprefix("http://"))


@pytest.mark.parametrize("place", ["tl", "tr", "bl", "br"])
async def test_the_code_to_join_stands_in_its_corner(visitors: Visitors, server: ServerProcess, place: str) -> None:
    page = await opened(visitors, server, f"join={place}")
    await expect(page.locator("#join-code")).to_be_visible()
    box = await page.locator("#join").bounding_box()
    assert box
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    assert (middle[0] < SCREEN.width / 2, middle[1] < SCREEN.height / 2) == ("l" in place, "t" in place)


async def test_a_slide_is_a_text_and_never_markup(visitors: Visitors, server: ServerProcess) -> None:
    page = await opened(visitors, server, "scenes=slide:3600&slide=%3Cb%3EFinale%3C/b%3E")
    await expect(page.locator("#slide-text")).to_have_text("<b>Finale</b>")


async def test_a_slide_is_a_picture_of_this_site(visitors: Visitors, server: ServerProcess) -> None:
    page = await opened(visitors, server, "scenes=slide:3600&slide=/api/board.png?scale=4")
    await expect(page.locator("#slide-picture")).to_be_visible()


async def test_a_picture_that_is_not_there_shows_nothing_broken(visitors: Visitors, server: ServerProcess) -> None:
    visitors.forgiven += ["404 (Not Found)"]
    page = await opened(visitors, server, "scenes=slide:3600&slide=/nothing.png")
    await expect(page.locator("body")).to_have_attribute("data-scene", "slide")
    await expect(page.locator("#slide-picture")).to_be_hidden()


async def test_the_camera_goes_where_most_is_placed(visitors: Visitors, server: ServerProcess, phone: Phone) -> None:
    for number in range(40):
        await phone.place(50 + number % 6, 50 + number // 6, 12)
    page = await opened(visitors, server, "scenes=camera:3600")
    await expect(page.locator("#caption")).to_be_visible()
    color = (await board_at(server.url)).colors[12]

    async def is_near() -> bool:
        picture = picture_of(await page.screenshot())
        counts = {found: count for count, found in picture.getcolors(1 << 20) or []}
        return counts.get(color, 0) / (SCREEN.width * SCREEN.height) > 0.02

    await becomes(is_near, True)  # after two slots of the camera, and the glide


async def test_the_replay_ends_with_the_board(visitors: Visitors, server: ServerProcess, phone: Phone) -> None:
    for number in range(30):
        await phone.place(number * 2, 20, number % 15 + 1)
    page = await opened(visitors, server, "scenes=replay:5")
    await expect(page.locator("body")).to_have_attribute("data-scene", "replay")
    await expect(page.locator("#caption")).to_contain_text(re.compile(r"since \d\d:\d\d"))


async def test_the_wave_comes_when_nobody_draws_and_ends_with_the_first_placement(
    visitors: Visitors, server: ServerProcess, phone: Phone
) -> None:
    await paint(server.url)
    page = await opened(visitors, server, "attract=600")
    await page.evaluate(TEN_MINUTES_LATER)
    await expect(page.locator("body")).to_have_attribute("data-scene", "attract")
    await phone.place(30, 30, 5)
    await expect(page.locator("body")).to_have_attribute("data-scene", "canvas")
    board = await board_at(server.url)
    assert difference(await SCREEN.shown([page], board.seq), SCREEN.golden(board)) is None


async def test_scenes_follow_each_other(visitors: Visitors, server: ServerProcess) -> None:
    page = await opened(visitors, server, "scenes=canvas:5,qr:5")
    for scene in ("qr", "canvas", "qr"):
        await expect(page.locator("body")).to_have_attribute("data-scene", scene)


async def test_the_test_pattern_names_the_screen_and_measures(
    visitors: Visitors, server: ServerProcess, phone: Phone
) -> None:
    page, _ = await visitors.open(
        f"{server.url}/d/2-3x2-640x400-g20x20?test=1", viewport={"width": SCREEN.width, "height": SCREEN.height}
    )
    await expect(page.locator("#test-number")).to_have_text("2")
    await expect(page.locator("#test-window")).to_be_hidden()
    for x in range(60):
        await phone.place(x, 3, 5)
        if await page.evaluate("() => 'latency' in document.body.dataset"):
            break
        await page.wait_for_timeout(200)
    await expect(page.locator("#test-latency")).to_contain_text(re.compile(r"Placement to wall: \d+ ms"))
    assert 0 <= int(await page.evaluate("() => document.body.dataset.latency")) < 60_000


async def test_a_window_of_another_size_is_told_on_the_test_pattern(visitors: Visitors, server: ServerProcess) -> None:
    page = await opened(visitors, server, "w=500&h=300&test=1")
    await expect(page.locator("#test-window")).to_contain_text("640 × 400")
