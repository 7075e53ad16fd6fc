"""From the report on a phone to the decision at the desk, and what a second phone then sees."""

from __future__ import annotations

import pytest
from playwright.async_api import Position, expect

from tests.browser.axe import findings
from tests.browser.boards import board_at
from tests.browser.desk_page import SMALL_PHONE, DeskPage
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import PHONE, Visitors
from tests.clients.phone import Phone, dial
from tests.conftest import StartServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


# Of a board that is seen whole, far from each other.
CORNERS: tuple[Position, ...] = ({"x": 60, "y": 60}, {"x": 340, "y": 340})
TWO_HOURS_BEHIND = "() => { const real = Date.now; Date.now = () => real() - 7_200_000; }"


async def report(phone: DrawingPage, reason: str) -> None:
    """Of the area around the middle of what is seen."""
    await phone.page.locator("#who").tap()
    await phone.page.locator("#report").tap()
    await phone.page.locator("#report-sheet label", has_text=reason).tap()
    await phone.page.locator("#report-send").tap()
    await expect(phone.page.locator("#report-sheet")).to_be_hidden()  # the words alone may be an older report's
    await phone.says("Thank you.")


async def row(phone: Phone, x: int, y: int, color: int) -> None:
    for step in range(4):
        assert (await phone.place(x + step, y, color))["ok"]


async def test_a_report_is_looked_at_and_taken_back_at_the_desk(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(COOLDOWN=0)
    reporter = await DrawingPage.open(visitors, server.url, **PHONE)
    await reporter.canvas.tap()
    x, y = await reporter.chosen()
    async with dial(server.url) as bad, dial(server.url) as good:
        await bad.join()
        await good.join()
        await row(good, x, y, 9)
        await row(bad, x, y, 5)
        await row(bad, x, y + 1, 5)
        await row(good, x, y + 2, 9)
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    page, detail = desk.page, desk.page.locator("#report")
    await desk.tab("reports")
    await expect(page.locator("#reports-none")).to_be_visible()
    await report(reporter, "Hate")
    await expect(page.locator("#reports-open")).to_have_text("1")
    await page.locator("#reports button").click()
    await expect(detail).to_be_visible()
    await expect(page.locator("#report-title")).to_contain_text("hate, 16 × 16")
    await expect(page.locator("#report-people li")).to_have_count(2)
    await expect(page.locator("#report-people input:checked")).to_have_count(1)
    assert await desk.area() == [x - 8, y - 8, 16, 16]
    assert await findings(page) == []
    replayed = page.locator("#report-after")
    await page.locator("#report-replay").click()
    await expect(replayed).to_have_attribute("data-playing", "true")
    await page.locator("#report-rewind").click()
    await desk.hears("Decided. Closed: 1")
    await expect(detail).to_be_hidden()
    await expect(page.locator("#reports-none")).to_be_visible()
    await expect(page.locator("#reports-open")).to_be_hidden()
    board = await board_at(server.url)
    assert [board.color(x + step, y + line) for line in (0, 1, 2) for step in (0, 3)] == [9, 9, 0, 0, 9, 9]
    second = await DrawingPage.open(visitors, server.url, **PHONE)
    await second.equals_server()
    await report(reporter, "Vandalism")
    await page.evaluate(TWO_HOURS_BEHIND)
    await page.locator("#reports button").click()
    await page.locator("#report-mute").click()
    await desk.hears("No more reports are taken")
    await page.locator("#report-dismiss").click()
    await desk.hears("Decided. Closed: 2")


async def test_an_area_is_dismissed_at_once_and_a_muted_person_with_all_they_reported(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(COOLDOWN=0)
    reporters = [await DrawingPage.open(visitors, server.url, **PHONE) for _ in range(2)]
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    page, lines = desk.page, desk.page.locator("#reports button")
    for one, at in zip(reporters, CORNERS, strict=True):
        await one.canvas.tap(position=at)
        await report(one, "Hate")
    await desk.tab("reports")
    await expect(lines).to_have_count(2)
    await lines.nth(1).click()
    await expect(page.locator("#report")).to_be_visible()
    await desk.tab("area")
    await desk.type_area(0, 0, 64, 64)
    await desk.tab("reports")
    await page.locator("#report-dismiss-area").press("Enter")
    await desk.hears("Decided. Closed: 1, 2")
    await expect(page.locator("#report")).to_be_hidden()
    await expect(lines).to_have_count(0)
    for at in CORNERS:
        await reporters[0].canvas.tap(position=at)
        await report(reporters[0], "Vandalism")
    await expect(lines).to_have_count(2)
    await lines.nth(0).click()
    await expect(page.locator("#report")).to_be_visible()
    await page.locator("#report-mute-all").press("Space")
    await page.locator("#report-mute").press("Enter")
    await desk.hears("Decided. Closed: 3, 4")
    await expect(page.locator("#report")).to_be_hidden()
    await expect(page.locator("#reports-none")).to_be_visible()
