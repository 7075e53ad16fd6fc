"""An answer that comes late never takes back what the organiser did meanwhile: no older one replaces what is newer."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from playwright.async_api import expect

from tests.browser.desk_page import DESKTOP, DeskPage
from tests.browser.late import Late
from tests.browser.visitors import Visitors
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.servers import API_KEY

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def change_settings(url: str, **settings: Any) -> None:
    """By another organiser."""
    async with (
        aiohttp.ClientSession(headers={"apiKey": API_KEY}) as other,
        other.patch(f"{url}/api/settings", json=settings) as answer,
    ):
        assert answer.ok


async def test_a_way_that_is_being_chosen_stays_chosen(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(ENTRY="code", WALL_CODE_SECONDS=300)
    desk = await DeskPage.open(visitors, server.url, **DESKTOP)
    page = desk.page
    await desk.tab("board")
    work = page.get_by_label("Work of the phone", exact=True)
    await expect(work).not_to_be_checked()
    figures, choice = Late(wrong=77), Late()
    await page.route("**/api/entry", figures.answer)
    await page.route("**/api/settings", choice.request)
    await change_settings(server.url, wallCodeRound=1)
    await figures.waits.wait()
    await work.check()
    await choice.waits.wait()
    figures.release.set()
    await expect(page.locator("#entry-words")).to_contain_text("77 wrong")
    assert await work.is_checked()
    choice.release.set()
    await desk.hears("Ways to come in")
    await expect(work).to_be_checked()


async def test_a_setting_that_is_typed_stays_when_another_changes(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server()
    async with dial(server.url) as phone:
        await phone.join({})
        desk = await DeskPage.open(visitors, server.url, **DESKTOP)
        await desk.tab("board")
        pixels, cooldown = desk.page.locator("#set-maxPixels"), desk.page.locator("#set-cooldown")
        await expect(pixels).to_have_value("3")
        await pixels.fill("30")
        await cooldown.focus()
        await change_settings(server.url, refreshRate=400, cooldown=20)
        await expect(cooldown).to_have_value("20")  # looked at, and not changed
        await expect(desk.page.locator("#set-refreshRate")).to_have_value("400")
        await expect(pixels).to_have_value("30")
        await expect(desk.page.locator("#settings-effect")).to_contain_text("9 → 90 pixels a minute")
        await desk.page.locator("#settings-apply").click()
        await desk.hears("Pixels each 30: Settings changed")
        await change_settings(server.url, maxPixels=4)
        await expect(pixels).to_have_value("4")  # nothing is being typed any more


async def test_what_is_taken_back_is_what_is_selected_now(visitors: Visitors, start_server: StartServer) -> None:
    """The preview of another area, asked for before, comes after this one was chosen."""
    server = start_server(COOLDOWN=0)
    async with dial(server.url) as phone:
        await phone.join({})
        for x in (1, 2, 30):
            assert (await phone.place(x, 1, 5))["ok"]
    desk = await DeskPage.open(visitors, server.url, **DESKTOP)
    page = desk.page
    await desk.type_area(0, 0, 10, 10)
    first = Late()
    await page.route("**/api/selections/preview", first.answer)
    await page.locator("#preview-rewind").click()
    await first.waits.wait()
    await desk.type_area(30, 0, 10, 10)
    async with page.expect_response("**/api/selections/preview"):
        first.release.set()
    await page.locator("#rewind").click()
    await desk.hears("(1 changed, 0 left)")
