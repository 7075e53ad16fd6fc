"""What an organiser changes is seen on the drawing page at once: fewer colours, and what the event is called."""

from __future__ import annotations

import aiohttp
import pytest
from playwright.async_api import expect

from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import Visitors
from tests.servers import API_KEY, ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_disabled_colours_go_and_the_event_has_its_name(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url)
    swatch = drawing.page.locator('#palette [data-color="5"]')
    await swatch.check(force=True)
    async with aiohttp.ClientSession(headers={"apiKey": API_KEY}) as session:
        for values, hidden in (({"disabledColors": [5], "eventName": "Bees"}, True), ({"disabledColors": []}, False)):
            async with session.patch(f"{server.url}/api/settings", json=values) as answer:
                assert answer.status == 200
            await (expect(swatch).to_be_hidden() if hidden else expect(swatch).to_be_visible())
            await expect(drawing.page).to_have_title("Bees")
            await expect(swatch).not_to_be_checked()
        async with session.patch(f"{server.url}/api/settings", json={"eventName": ""}):
            await expect(drawing.page).to_have_title("BeePlace")
