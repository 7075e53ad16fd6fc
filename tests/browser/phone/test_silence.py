"""Networks that take a connection and say nothing on it: the page gives it up, and tries the other transport."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.relay import relay
from tests.browser.visitors import Visitors
from tests.servers import API_KEY, ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

WEBSOCKET, POLLING = b"transport=websocket", b"transport=polling"


@pytest.mark.parametrize("opens", [False, True], ids=["held", "opened"])
async def test_where_websockets_are_silent_pages_poll(visitors: Visitors, server: ServerProcess, opens: bool) -> None:
    """Drawing page, wall and desk: the desk, whose socket is a WebSocket alone, asks by HTTP."""
    visitors.forgiven += ["WebSocket connection to"]
    async with relay(server.port) as network:
        network.silences, network.opens = (WEBSOCKET,), opens
        drawing, wall, desk = await asyncio.gather(
            *(visitors.open(network.url + path) for path in ("/", "/display", f"/admin#key={API_KEY}"))
        )
        for page, wire in (drawing, wall, desk):
            await expect(page.locator("body")).to_have_attribute("data-connected", "true")
            assert "/socket.io/" in wire.fetched
        await expect(desk[0].locator("#you")).to_contain_text("API_KEY")
        await expect(desk[0].locator("body")).to_have_attribute("data-desk", "false")
        await drawing[0].keyboard.press("ArrowRight")
        await drawing[0].keyboard.press("Enter")
        await expect(drawing[0].locator("#notice")).to_contain_text("Placed at")
        for page, _ in (drawing, wall, desk):
            await page.close()


async def test_where_polling_is_silent_too_a_page_comes_back_to_websockets(
    visitors: Visitors, server: ServerProcess
) -> None:
    visitors.forgiven += ["WebSocket connection to"]
    async with relay(server.port) as network:
        network.silences = (WEBSOCKET, POLLING)
        page, wire = await visitors.open(network.url)
        async with asyncio.timeout(60):
            while "/socket.io/" not in wire.fetched:
                await page.wait_for_event("request")
        network.silences = (POLLING,)
        await expect(page.locator("body")).to_have_attribute("data-connected", "true")
        assert any("initialState" in frame for frame in wire.received), "it came over a WebSocket"
        await page.close()
