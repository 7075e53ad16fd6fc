"""A window that moves to a screen with another number of dots to a CSS pixel: the picture gets as many, at once."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import async_playwright

from tests.browser.boards import paint
from tests.browser.conftest import ARGUMENTS, TOOLS
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

TWO_SCREENS = "--screen-info={1600x1200}{1600x1200 devicePixelRatio=2}"
SHARP = """dots => {
  const canvas = document.getElementById("board");
  return devicePixelRatio === dots && Math.abs(canvas.width - canvas.clientWidth * dots) <= 1;
}"""


async def test_canvases_follow_the_screen_that_a_window_is_moved_to(server: ServerProcess) -> None:
    """Its size in CSS pixels stays, so that nothing else tells of it."""
    await paint(server.url)
    async with async_playwright() as playwright:
        executable = json.loads(TOOLS.read_text())["chromium"]
        browser = await playwright.chromium.launch(executable_path=executable, args=[*ARGUMENTS, TWO_SCREENS])
        page = await (await browser.new_context(no_viewport=True)).new_page()
        devtools = await page.context.new_cdp_session(page)
        window = (await devtools.send("Browser.getWindowForTarget"))["windowId"]
        for path in ("/", "/display", "/displays", "/admin", "/replay"):
            await page.goto(server.url + path)
            await page.wait_for_selector('body[data-connected="true"], body[data-shown]')
            for left, dots in ((10, 1), (1610, 2)):
                bounds = {"left": left, "top": 10, "width": 700 * dots, "height": 550 * dots}
                await devtools.send("Browser.setWindowBounds", {"windowId": window, "bounds": bounds})
                await page.wait_for_function(SHARP, arg=dots)
        await browser.close()
