"""What everybody sees first, and the palette, as an organiser changes them at the desk and a phone then sees them."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from beeplace.board.palette import THESIS_COLORS
from tests.browser.axe import findings
from tests.browser.boards import board_at, config_at, fill
from tests.browser.desk_page import SMALL_PHONE, DeskPage
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import PHONE, Visitors
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_event_gets_a_name_and_another_first_view(visitors: Visitors, server: ServerProcess) -> None:
    visitors.forgiven.append("422 (Unprocessable")  # Chromium's own line about the view that is refused
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    page, effect = desk.page, desk.page.locator("#look-effect")
    await desk.tab("board")
    await page.locator("#set-eventName").fill("Nuit des pixels <3")
    await page.locator("#set-initialScale").fill("50")
    await page.locator("#set-reports").press("Space")
    await expect(effect).to_contain_text("initialScale must lie between minScale and maxScale")
    await page.locator("#set-initialScale").fill("12.5")
    await page.locator("#set-initialScale").press("Tab")
    await expect(effect).to_contain_text("People who see it at once: 1.")
    assert await phone.page.title() == "BeePlace", "it is only tried out"
    await page.locator("#look-apply").press("Enter")
    await desk.hears("Name of the event, Zoom at first, People may report what they see")
    await expect(phone.page).to_have_title("Nuit des pixels <3")
    config = await config_at(server.url)
    assert (config["initialScale"], config["reports"]) == (12.5, False)
    await page.locator("#results").get_by_role("button", name="Undo").click()
    await expect(phone.page).to_have_title("BeePlace")
    await expect(page.locator("#set-eventName")).to_have_value("")


async def test_a_colour_is_taken_away_given_back_and_added(visitors: Visitors, server: ServerProcess) -> None:
    await fill(server.url, (3, 4), (1, 1), 5)
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    page, words = desk.page, desk.page.locator("#colors-words")
    offered = phone.page.locator("#palette .swatch:not([hidden])")
    count = len(THESIS_COLORS)
    await desk.tab("board")
    await expect(words).to_contain_text("chosen at first")
    await page.locator('#colors [data-color="4"]').click()
    await page.keyboard.press("ArrowRight")
    await expect(words).to_contain_text("1 pixel has it, and keeps it")
    await page.locator("#color-disable").press("Enter")
    await desk.hears("Take it away")
    await expect(offered).to_have_count(count - 1)
    await expect(page.locator('#colors [data-off="true"]')).to_have_count(1)
    await expect(page.locator('#colors [data-color="5"]')).to_have_attribute("aria-label", re.compile("taken away"))
    assert await findings(page) == []
    await page.locator("#color-disable").press("Enter")
    await expect(offered).to_have_count(count)
    await page.locator("#color-first").press("Enter")
    await expect(words).to_contain_text("chosen at first")
    assert (await config_at(server.url))["initialColor"] == 5
    await page.locator("#color-new").fill("#123abc")
    await page.locator("#color-add").press("Enter")
    await desk.hears("New colour #123ABC")
    await expect(offered).to_have_count(count + 1)
    assert (await board_at(server.url)).color(3, 4) == 5
    await page.locator("#results").get_by_role("button", name="Undo").first.click()
    await expect(offered).to_have_count(count)
