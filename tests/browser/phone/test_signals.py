"""What a person feels and hears: vibration and a tone, each only where it is wanted.

The page talks to the browser's own interfaces, which work; what it asks of them is written down on the way.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.boards import mark, organise
from tests.browser.drawing_page import DrawingPage
from tests.browser.phone.test_network import BROKEN
from tests.browser.relay import relay
from tests.browser.visitors import Visitors, Wire
from tests.conftest import StartServer
from tests.servers import ServerProcess
from tests.waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

LISTEN = """
  window.felt = [];
  window.heard = [];
  const vibrate = navigator.vibrate.bind(navigator);
  navigator.vibrate = (pattern) => { window.felt.push(pattern); return vibrate(pattern); };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.heard.push([this.frequency.value, document.getElementById("remaining").innerText]);
    window.device = this.context;
    return start.apply(this, when);
  };
"""
# A headless browser's pages are all in view.
AWAY = "Object.defineProperty(document, 'hidden', { get: () => window.away === true });"
SERVER = {"MAX_PIXELS": 1, "COOLDOWN": 3}
CHOSEN, PLACED, REFUSED, BACK = 8, 20, [30, 60, 30], [20, 40, 20]


async def person(visitors: Visitors, url: str, **preferences: bool) -> DrawingPage:
    """Somebody who draws on a computer, and wants what is told."""
    await mark(url)
    context = await visitors.context()
    await context.grant_permissions(["notifications"], origin=url)
    await context.add_init_script(LISTEN + AWAY)
    page = await context.new_page()
    drawing = DrawingPage(url, page, Wire(page))
    await page.goto(url)
    await drawing.live()
    for name, wanted in preferences.items():
        await choose(page, name, wanted)
    return drawing


async def choose(page: Page, name: str, wanted: bool) -> None:
    """Sets a switch in the sheet of settings."""
    await page.locator("#menu").click()
    await page.locator(f'input[name="{name}"]').set_checked(wanted)
    await page.keyboard.press("Escape")


async def felt(drawing: DrawingPage) -> list[Any]:
    patterns: list[Any] = await drawing.page.evaluate("window.felt")
    return patterns


async def waits(drawing: DrawingPage) -> None:
    """Until the pixels are back, and all that tells of it has begun."""
    await expect(drawing.page.locator("#spoken")).to_have_text("Your pixels are back.")


async def test_choosing_placing_and_getting_pixels_back_can_be_felt(
    visitors: Visitors, start_server: StartServer
) -> None:
    drawing = await person(visitors, start_server(**SERVER).url)
    await drawing.draw(25, 25, 5)
    await waits(drawing)
    assert await felt(drawing) == [CHOSEN, PLACED, BACK]


async def test_a_refusal_is_felt_as_one(visitors: Visitors, server: ServerProcess) -> None:
    visitors.forgiven += BROKEN
    async with relay(server.port) as network:
        drawing = await person(visitors, network.url)
        await drawing.click(25, 25)
        network.hold()  # it is on its way when the board is closed
        await drawing.button.click()
        await organise(server.url, "/board/read-only", readOnly=True)
        network.release()
        await drawing.settled()
        assert await felt(drawing) == [CHOSEN, REFUSED]


async def test_who_wants_no_vibration_feels_nothing(visitors: Visitors, start_server: StartServer) -> None:
    drawing = await person(visitors, start_server(**SERVER).url, vibration=False)
    await drawing.draw(25, 25, 5)
    await waits(drawing)
    assert await felt(drawing) == []


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_tone_is_heard_once_where_it_is_wanted_and_the_device_is_let_go(
    wanted: bool, visitors: Visitors, start_server: StartServer
) -> None:
    drawing = await person(visitors, start_server(**SERVER).url, sound=wanted)
    await drawing.draw(25, 25, 5)
    await waits(drawing)
    assert await drawing.page.evaluate("window.heard") == ([[660, "1"]] if wanted else [])  # once they are back
    if wanted:
        await becomes(lambda: drawing.page.evaluate("window.device.state"), "suspended")
