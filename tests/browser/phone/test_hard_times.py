"""A phone that is slow, on a slow network, turned, with an address bar that comes and goes, reloaded at any moment."""

from __future__ import annotations

import pytest
from playwright.async_api import ViewportSize, expect

from tests.browser.boards import changes_at, fill, mark
from tests.browser.drawing_page import DrawingPage
from tests.browser.fingers import Fingers
from tests.browser.relay import Relay, relay
from tests.browser.visitors import PHONE, Visitors, Wire
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOST = ["net::ERR_", "WebSocket connection to", "Failed to load resource", "when fetching the script"]
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
TIMES_SLOWER = 6
FULL: ViewportSize = {"width": 412, "height": 839}
SHORT: ViewportSize = {"width": 412, "height": 720}
FLAT: ViewportSize = {"width": 839, "height": 412}


async def slow_phone(visitors: Visitors, url: str) -> DrawingPage:
    """A phone whose network and processor are slow before it opens the page."""
    context = await visitors.context(**PHONE)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", SLOW)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": TIMES_SLOWER})
    phone = DrawingPage(url, page, Wire(page))
    await page.goto(url)
    await phone.live()
    return phone


async def test_a_slow_phone_on_a_slow_network_draws_what_is_meant(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(MAX_PIXELS=20)
    await mark(server.url)
    phone = await slow_phone(visitors, server.url)
    fingers = await Fingers.on(phone.page)
    await phone.pick(5)
    for x, y in ((27, 27), (35, 28), (28, 36)):
        await fingers.tap((await phone.sight()).point(x, y))
        await phone.has_chosen(x, y)
        await phone.button.tap()
        await phone.says(f"Placed at {x}, {y}")
        await fingers.drag((206, 330), (216, 326))
    board = await phone.equals_server()
    assert [board.color(x, y) for x, y in ((27, 27), (35, 28), (28, 36))] == [5, 5, 5]
    assert len(phone.wire.placements()) == 3


async def test_an_address_bar_that_comes_and_goes_and_a_turn_under_the_finger_place_nothing_wrong(
    visitors: Visitors, server: ServerProcess
) -> None:
    await mark(server.url)
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    fingers = await Fingers.on(phone.page)
    await phone.pick(5)
    for number, size in enumerate((SHORT, FULL, FLAT, FULL)):
        x, y = 28 + number, 35
        await fingers.down((await phone.sight()).point(33, 29))
        await phone.page.set_viewport_size(size)
        await expect(phone.canvas).to_have_js_property("clientHeight", size["height"])
        await fingers.lost()  # as systems do when the screen turns
        await fingers.tap((await phone.sight()).point(x, y))
        await phone.has_chosen(x, y)
    assert phone.wire.placements() == []
    await phone.button.tap()
    await phone.says("Placed at 31, 35")
    assert (await phone.equals_server()).color(31, 35) == 5


async def lost_answer(phone: DrawingPage, network: Relay) -> None:
    """A placement that the server has, and whose answer never comes."""
    await phone.click(27, 27)
    network.loses_answers = True
    await phone.button.click()
    while not await changes_at(phone.url, 27, 27):
        pass
    network.mend()


async def offline(_phone: DrawingPage, network: Relay) -> None:
    """The network goes and comes back."""
    network.cut()
    network.mend()


async def aiming(phone: DrawingPage, _network: Relay) -> None:
    """A finger rests on the board."""
    await (await Fingers.on(phone.page)).down((await phone.sight()).point(29, 28))
    await expect(phone.page.locator("#loupe")).to_be_visible()


async def reading(phone: DrawingPage, _network: Relay) -> None:
    """The history of a pixel is open."""
    await phone.click(31, 31)
    await phone.page.locator("#who").click()
    await expect(phone.page.locator("#history")).to_be_visible()


MOMENTS = (aiming, reading, lost_answer, offline)


async def test_a_reload_in_the_middle_of_anything_finds_the_truth_and_the_colour(
    visitors: Visitors, start_server: StartServer
) -> None:
    visitors.forgiven += LOST
    server = start_server(COOLDOWN=300)
    await mark(server.url)
    async with relay(server.port) as network:
        phone = await DrawingPage.open(visitors, network.url, **PHONE)
        phone.url = server.url  # the test itself has a good network
        await phone.pick(5)
        for number, happens in enumerate(MOMENTS):
            await happens(phone, network)
            await phone.page.reload()
            await phone.live()
            await fill(server.url, (50, 40 + number), (3, 1), 9)
            await phone.equals_server()
        assert [change["color"] for change in await changes_at(server.url, 27, 27)] == [5]
        await expect(phone.remaining).to_have_text("2")
