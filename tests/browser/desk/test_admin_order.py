"""Keeping order from one phone: bans, closed areas and announcements, as a second phone hears of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.browser.boards import board_at, config_at
from tests.browser.desk.test_admin_take_back import HONEST, people
from tests.browser.desk_page import SMALL_PHONE, DeskPage
from tests.browser.visitors import Visitors
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_ban_takes_back_what_was_drawn_and_its_undo_lets_draw_again(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(COOLDOWN=0)
    async with people(server) as (bad, good):
        desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
        page = desk.page
        await page.locator("#ban").click()
        await desk.hears("Choose people first", "bad")
        await page.locator("#authors").click()
        await page.locator('#authors-list li >> nth=0 >> [data-side="in"]').click()
        await page.get_by_role("button", name="Spam").click()
        await page.locator("#ban").click()
        await desk.hears("Ban bee-")
        board = await board_at(server.url)
        drawn = {(x, y) for x in range(64) for y in range(64) if board.color(x, y)}
        assert drawn == set(HONEST)
        assert (await bad.place(1, 1, 5))["code"] == "banned"
        assert (await good.place(1, 1, 9))["ok"]
        await desk.tab("done")
        await page.locator("#actions li", has_text="Ban #").get_by_role("button").click()
        await desk.hears("Undo: Ban")
        assert (await bad.place(2, 2, 5))["ok"]


async def test_a_closed_area_takes_no_pixel_until_it_is_undone(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(COOLDOWN=0)
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    async with dial(server.url) as phone:
        await phone.join({})
        await desk.type_area(10, 10, 5, 5)
        await desk.page.locator("#zone").click()
        await desk.hears("Close the area at 10, 10")
        assert (await phone.place(12, 12, 5))["code"] == "protected"
        assert (await phone.place(15, 15, 5))["ok"]
        await desk.page.locator("#results").get_by_role("button", name="Undo").click()
        await desk.hears("Undo: Close the area")
        assert (await phone.place(12, 12, 5))["ok"]


async def test_an_announcement_is_told_with_its_end(visitors: Visitors, server: ServerProcess) -> None:
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    await desk.tab("board")
    await desk.page.locator("#announce-text").fill("The last bus leaves at one.")
    await desk.page.locator("#announce").click()
    await desk.hears("Announcement to all")
    await expect(desk.page.locator("#announce-text")).to_have_value("")
    announced = (await config_at(server.url))["announcement"]
    assert "The last bus leaves at one." in str(announced)
    ends = datetime.fromisoformat(announced["until"]) - datetime.now(UTC)
    assert timedelta(minutes=5) < ends <= timedelta(minutes=10)
