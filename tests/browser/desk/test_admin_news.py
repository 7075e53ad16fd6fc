"""News of what others do, and answers that come late, take nothing away from an organiser who is about to act."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.desk_page import SMALL_PHONE, DeskPage
from tests.browser.phone.test_moderation import act
from tests.browser.visitors import Visitors
from tests.servers import API_KEY, ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_button_that_has_the_focus_keeps_it_while_others_act(visitors: Visitors, server: ServerProcess) -> None:
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    actions, in_force = desk.page.locator("#actions li"), desk.page.locator("#in-force li")
    zone = await act(server.url, "zone", area={"x": 10, "y": 10, "width": 5, "height": 5})
    await desk.tab("now")
    await in_force.get_by_role("button", name="End now").focus()
    await act(server.url, "announce", text="The last bus leaves at one.")
    await expect(in_force).to_have_count(2)
    await desk.page.keyboard.press("Enter")
    await desk.hears("End: ")
    await expect(in_force).to_have_count(1)
    await expect(in_force).to_have_attribute("data-kind", "announce")

    await desk.tab("done")
    await expect(actions).to_have_count(3)
    await actions.nth(1).get_by_role("button").focus()  # the announcement's
    await act(server.url, "ban", people=["bee-1f2e3d4c"])
    await expect(actions).to_have_count(4)
    await desk.page.keyboard.press("Enter")
    await desk.hears("Undo: ")
    await expect(actions).to_have_count(5)
    await expect(actions.nth(4)).to_contain_text(f"#{zone}")


async def test_what_is_typed_and_not_yet_applied_outlives_what_others_change(
    visitors: Visitors, server: ServerProcess
) -> None:
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    page = desk.page
    pixels, seconds = page.locator("#set-maxPixels"), page.locator("#set-cooldown")
    width, height = page.locator("#size-width"), page.locator("#size-height")
    await desk.tab("board")
    await expect(pixels).to_have_value("3")
    await pixels.fill("30")
    await width.fill("100")
    await width.blur()
    for change in ({"width": 64, "height": 80}, {"cooldown": 20}):
        done = await page.request.patch(f"{server.url}/api/settings", headers={"apiKey": API_KEY}, data=change)
        assert done.ok
    await expect(seconds).to_have_value("20")
    await expect(height).to_have_value("80")
    assert [await field.input_value() for field in (pixels, width)] == ["30", "100"]
    await expect(page.locator("#settings-effect")).to_contain_text(re.compile(r"\d+ → \d+ pixels a minute"))
    await page.locator("#settings-apply").click()
    await desk.hears("Pixels each 30: Settings changed")
    await page.locator("#results").get_by_role("button", name="Undo").click()
    await expect(pixels).to_have_value("3")
