"""What a person feels and hears: vibration, a tone and a system's notice, each only where it is wanted.

The page talks to the browser's own interfaces, which work; what it asks of them is written down on the way.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.boards import mark, organise
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import Visitors, Wire
from tests.conftest import StartServer
from tests.waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")
WHOLE_BROWSER = True  # the one without windows shows no notices

LISTEN = """
  window.felt = [];
  window.heard = [];
  const vibrate = navigator.vibrate.bind(navigator);
  navigator.vibrate = (pattern) => { window.felt.push(pattern); return vibrate(pattern); };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.heard.push(this.frequency.value);
    window.device = this.context;
    return start.apply(this, when);
  };
"""
# A headless browser's pages are all in view.
AWAY = "Object.defineProperty(document, 'hidden', { get: () => window.away === true });"
NOTICES = """async () => {
  const worker = await navigator.serviceWorker.ready;
  return (await worker.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
}"""
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
    """Until the pixels are back."""
    await expect(drawing.remaining).to_have_text("1")


async def test_choosing_placing_and_getting_pixels_back_can_be_felt(
    visitors: Visitors, start_server: StartServer
) -> None:
    drawing = await person(visitors, start_server(**SERVER).url)
    await drawing.draw(25, 25, 5)
    await waits(drawing)
    assert await felt(drawing) == [CHOSEN, PLACED, BACK]


async def test_a_refusal_is_felt_as_one(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(BOARD_REFRESH_RATE=5000)  # time to place before the page hears of it
    drawing = await person(visitors, server.url)
    await drawing.click(25, 25)
    await organise(server.url, "/board/read-only", readOnly=True)
    await drawing.button.click()
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
    assert await drawing.page.evaluate("window.heard") == []
    await waits(drawing)
    assert await drawing.page.evaluate("window.heard") == ([660] if wanted else [])
    if wanted:
        await becomes(lambda: drawing.page.evaluate("window.device.state"), "suspended")


@pytest.mark.parametrize(("wanted", "away"), [(True, True), (True, False), (False, True)])
async def test_a_notice_comes_to_who_wants_it_and_looks_elsewhere(
    wanted: bool, away: bool, visitors: Visitors, start_server: StartServer
) -> None:
    drawing = await person(visitors, start_server(**SERVER).url, notify=wanted)
    await drawing.draw(25, 25, 5)
    await drawing.page.evaluate(f"window.away = {'true' if away else 'false'}")
    await waits(drawing)
    told = [{"title": "BeePlace", "body": "Your pixels are back.", "tag": "back"}]
    if wanted and away:
        await becomes(lambda: drawing.page.evaluate(NOTICES), told)
    assert await drawing.page.evaluate(NOTICES) == (told if wanted and away else [])
