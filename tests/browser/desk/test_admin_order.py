"""Keeping order from one phone: bans, closed areas and announcements, as a second phone hears of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from playwright.async_api import expect

from tests.browser.axe import findings
from tests.browser.boards import board_at, config_at
from tests.browser.desk.test_admin_take_back import HONEST, people
from tests.browser.desk_page import SMALL_PHONE, DeskPage
from tests.browser.visitors import Visitors
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.gateway.http.test_actions import Organiser
from tests.gateway.http.test_moderation_actions import ahead
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


async def test_what_is_in_force_is_listed_and_ended_with_one_press(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(COOLDOWN=0)
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    page, lines = desk.page, desk.page.locator("#in-force li")
    async with dial(server.url) as phone, aiohttp.ClientSession(server.url) as http:
        token = (await phone.join({}))["token"]
        organiser = Organiser(http)
        await desk.tab("now")
        await expect(page.locator("#in-force-none")).to_be_visible()
        await organiser.act("zone", area={"x": 10, "y": 10, "width": 5, "height": 6})
        await organiser.act("announce", text="The last bus leaves at one.", until=ahead(hours=1))
        people = ["bee-1f2e3d4c", "bee-2f2e3d4c", "bee-3f2e3d4c", "bee-4f2e3d4c"]
        await organiser.act("ban", people=people, until=ahead(days=3))
        reported = {"area": {"x": 1, "y": 1, "width": 4, "height": 4}, "reason": "hate", "token": token}
        assert (await organiser.post("/api/reports", reported))[0] == 200
        assert (await organiser.post("/api/reports/1/mute", {"until": ahead(hours=1)}))[0] == 200
        await organiser.post("/api/panic")
        kinds = ("panic", "ban", "zone", "announce", "mute")
        await expect(lines).to_have_count(len(kinds))
        assert [await line.get_attribute("data-kind") for line in await lines.all()] == list(kinds)
        await expect(lines.nth(1)).to_contain_text(
            "Ban: bee-1f2e3d4c, bee-2f2e3d4c, bee-3f2e3d4c + 1 · because · until"
        )
        await expect(lines.nth(2)).to_contain_text("5 × 6 at 10, 10 · because · until undone")
        assert await findings(page) == []
        await lines.nth(2).get_by_role("button", name="Show").press("Enter")
        assert await desk.area() == [10, 10, 5, 6]
        for left, kind in reversed([*enumerate(kinds)]):
            await lines.nth(left).get_by_role("button", name="End now").press("Enter")
            await expect(lines).to_have_count(left)
            await desk.hears("End: ")
            assert kind not in [await line.get_attribute("data-kind") for line in await lines.all()]
        await expect(page.locator("#in-force-none")).to_be_visible()
        assert (await phone.place(12, 12, 5))["ok"]
        assert (await organiser.post("/api/reports", {**reported, "reason": "other"}))[0] == 200
        assert (await config_at(server.url))["announcement"] is None
