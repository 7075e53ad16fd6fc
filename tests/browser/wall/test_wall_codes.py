"""A screen with a pass shows the code by which people come in, as a QR code and as letters; a stranger's shows none."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect

from tests.browser.visitors import Visitors
from tests.conftest import StartServer
from tests.servers import API_KEY, ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def asked(server: ServerProcess, method: str, path: str, body: object = None) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession(headers={"apiKey": API_KEY}) as http,
        http.request(method, server.url + path, json=body) as answer,
    ):
        told: dict[str, Any] = await answer.json()
        return told | {"statusCode": answer.status}


async def shown(page: Page) -> str:
    """The letters on the wall, without their space."""
    return str(await page.locator("#join-letters").text_content()).replace(" ", "")


async def test_a_screen_with_a_pass_shows_codes_that_let_people_in(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(WALL_CODE_SECONDS=300)
    made = await asked(server, "POST", "/api/entry/screens", {"wall": 3})
    page, _ = await visitors.open(f"{server.url}/display{made['fragment']}", viewport={"width": 640, "height": 400})
    letters, picture = page.locator("#join-letters"), page.locator("#join-code")
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    await expect(picture).to_be_visible()  # the site's address, as long as everybody draws
    await expect(letters).to_be_hidden()
    assert "pass" not in page.url
    await asked(server, "PATCH", "/api/settings", {"entry": ["code"]})
    await expect(letters).to_have_text(re.compile("^[B-Z]{3} [B-Z]{3}$"))
    first = await shown(page)
    await expect(picture).to_have_attribute("src", re.compile(f"%23code%3D{first}$"))
    entered = await asked(server, "POST", "/api/entry", {"code": first})
    assert entered["statusCode"] == 200
    assert (await asked(server, "GET", "/api/entry"))["walls"] == [{"wall": 3, "entered": 1}]

    await asked(server, "PATCH", "/api/settings", {"wallCodeRound": 1})  # those codes have ended
    await expect(letters).not_to_have_text(f"{first[:3]} {first[3:]}")
    await expect(letters).to_be_visible()
    assert (await asked(server, "POST", "/api/entry", {"code": await shown(page)}))["statusCode"] == 200

    await page.reload()  # the machine keeps its pass
    await expect(letters).to_be_visible()
    visitors.forgiven.extend(["Failed to load resource", "ERR_INTERNET_DISCONNECTED", "WebSocket"])
    await page.context.set_offline(True)
    await expect(letters).to_be_visible()  # shown without asking
    await page.context.set_offline(False)
    await asked(server, "PATCH", "/api/settings", {"entry": ["open"]})
    await expect(letters).to_be_hidden()


async def test_a_stranger_s_display_shows_no_code(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(ENTRY="code")
    visitors.forgiven.append("403")
    for fragment in ("", "#pass=nonsense"):
        page, _ = await visitors.open(f"{server.url}/display?join=br{fragment}")
        await expect(page.locator("body")).to_have_attribute("data-connected", "true")
        await expect(page.locator("#join-code")).to_be_visible()
        await expect(page.locator("#join-letters")).to_be_hidden()
        assert "code%3D" not in str(await page.locator("#join-code").get_attribute("src"))
