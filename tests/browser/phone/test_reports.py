"""A person reports an area: with a finger on a phone, with keys on a desktop; and hears whether it arrived."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.axe import findings
from tests.browser.drawing_page import DrawingPage
from tests.browser.fingers import Fingers
from tests.browser.visitors import PHONE, Visitors
from tests.servers import API_KEY, ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHEET = re.compile(r"/assets/reporting-[^/]*\.js$")


async def test_a_finger_marks_the_area_and_a_report_arrives(visitors: Visitors, server: ServerProcess) -> None:
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    page, area = phone.page, phone.page.locator("#report-area")
    await phone.canvas.tap()
    await page.locator("#who").tap()
    await expect(page.locator("#report")).to_be_visible()
    assert not any(SHEET.search(path) for path in phone.wire.fetched), "it is loaded before anybody wants it"
    await page.locator("#report").tap()
    await expect(page.locator("#report-sheet")).to_be_visible()
    assert await findings(page) == []
    box = await area.bounding_box()
    assert box
    dot = box["width"] / 64  # the board is shown whole
    fingers = await Fingers.on(page)
    start, end = ((box["x"] + x * dot, box["y"] + y * dot) for x, y in ((10.5, 20.5), (29.5, 35.5)))
    await fingers.drag(start, end)
    for name, value in (("x", "10"), ("y", "20"), ("width", "20"), ("height", "16")):
        await expect(area).to_have_attribute(f"data-{name}", value)
    await expect(page.locator("#report-send")).to_be_disabled()
    await page.locator("#report-sheet label", has_text="Hate").tap()
    await page.locator("#report-send").tap()
    await phone.says("Thank you. An organiser will look at it.")
    await expect(page.locator("#report-sheet")).to_be_hidden()
    answer = await page.request.get(f"{server.url}/api/reports", headers={"apiKey": API_KEY})
    [report] = (await answer.json())["reports"]
    assert (report["area"], report["reason"]) == ({"x": 10, "y": 20, "width": 20, "height": 16}, "hate")


async def test_a_sheet_that_cannot_be_loaded_is_said_and_tried_again(visitors: Visitors, server: ServerProcess) -> None:
    visitors.forgiven.append("Failed to load resource")
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    page = phone.page
    await page.context.route(SHEET, lambda route: route.abort())
    await phone.canvas.tap()
    await page.locator("#who").tap()
    await page.locator("#report").tap()
    await phone.says("The report did not arrive. Try again.")
    await page.context.unroute(SHEET)
    await page.locator("#report").tap()
    await expect(page.locator("#report-sheet")).to_be_visible()


async def test_keys_report_too_and_too_many_are_told_when_again(visitors: Visitors, server: ServerProcess) -> None:
    person = await DrawingPage.open(visitors, server.url, locale="de")
    page, words = person.page, person.page.locator("#report-words")
    await page.keyboard.press("ArrowRight")
    for count in range(4):
        await page.locator("#who").press("Enter")
        await page.locator("#report").press("Enter")
        await page.locator("#report-area").press("Shift+ArrowDown")
        await page.locator("#report-area").press("ArrowLeft")
        await expect(words).to_contain_text("16 × 17 Pixel")
        await page.locator('#report-sheet [value="vandalism"]').press("Space")
        await page.locator("#report-send").press("Enter")
        if count < 3:
            await expect(page.locator("#report-sheet")).to_be_hidden()
            await person.says("Danke.")
    await expect(words).to_have_text(re.compile(r"^Das waren viele Meldungen\. Wieder in (10|[6-9]) Min\.$"))
    assert [complaint for complaint in visitors.complaints if "429" not in complaint] == []
    visitors.complaints.clear()  # Chromium's own line about that status
    await page.keyboard.press("Escape")
    await expect(page.locator("#report-sheet")).to_be_hidden()
    headers = {"apiKey": API_KEY}
    done = await page.request.patch(f"{server.url}/api/settings", headers=headers, data={"reports": False})
    assert done.ok
    await page.locator("#who").press("Enter")
    await expect(page.locator("#history")).to_be_visible()
    await expect(page.locator("#report")).to_be_hidden()
