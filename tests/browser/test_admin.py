"""The organiser's page: a wrong key gets words; closing, filling and emptying reach every page."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.boards import board_at, paint
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import Visitors
from tests.servers import API_KEY, ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def desk(visitors: Visitors, server: ServerProcess, key: str = API_KEY) -> Page:
    """The page, with that key typed in."""
    page, _ = await visitors.open(server.url + "/admin", viewport={"width": 1280, "height": 900})
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    await page.locator("#key").fill(key)
    return page


async def hears(page: Page, words: str, tone: str) -> None:
    """Until the newest result says that."""
    newest = page.locator("#results li").first
    await expect(newest).to_contain_text(words)
    await expect(newest).to_have_attribute("data-tone", tone)


@pytest.mark.parametrize(
    ("key", "words"),
    [("not-the-key-of-this-server", "does not accept this key"), ("", "Enter the organiser's key first")],
    ids=["wrong", "none"],
)
async def test_without_the_key_nothing_is_done_and_the_page_says_why(
    visitors: Visitors, server: ServerProcess, key: str, words: str
) -> None:
    visitors.forgiven.append("401 (Unauthorized)")
    before = await paint(server.url, 3)
    page = await desk(visitors, server, key)
    await page.locator("#read-only").click()
    await hears(page, words, "bad")
    await page.locator("#reset").click()
    await page.locator("#confirm-reset").click()
    await expect(page.locator("#results li")).to_have_count(2)
    await hears(page, words, "bad")
    assert await board_at(server.url) == before


async def test_read_only_is_switched_on_and_off(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url)
    page = await desk(visitors, server)
    switch = page.locator("#read-only")
    await switch.click()
    await hears(page, "Drawing is closed", "good")
    await expect(switch).to_have_attribute("aria-checked", "true")
    await drawing.says("The board is read-only at the moment.")
    await switch.click()
    await hears(page, "Drawing is open", "good")
    await expect(switch).to_have_attribute("aria-checked", "false")
    await expect(drawing.notice).to_have_text("")


async def test_an_area_is_filled_by_its_corners(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url)
    page = await desk(visitors, server)
    for name, value in (("x1", 60), ("y1", 3), ("x2", 63), ("y2", 5)):
        await page.locator(f"#{name}").fill(str(value))
    await page.locator('#palette [data-color="6"]').click()
    await page.locator("#fill").click()
    await hears(page, "Fill 12 pixels from 60, 3 to 63, 5", "good")
    board = await drawing.equals_server()
    filled = [(x, y) for y in range(64) for x in range(64) if board.color(x, y) == 6]
    assert filled == [(x, y) for y in (3, 4, 5) for x in (60, 61, 62, 63)]


async def test_an_area_is_chosen_by_dragging(visitors: Visitors, server: ServerProcess) -> None:
    page = await desk(visitors, server)
    box = await page.locator("#board").bounding_box()
    assert box
    scale = min(box["width"], box["height"]) / 64
    left, top = box["x"] + (box["width"] - 64 * scale) / 2, box["y"] + (box["height"] - 64 * scale) / 2
    await page.mouse.move(left + 20.5 * scale, top + 30.5 * scale)
    await page.mouse.down()
    await page.mouse.move(left + 9.5 * scale, top + 33.5 * scale, steps=3)
    await page.mouse.up()
    assert [await page.locator(f"#{name}").input_value() for name in ("x1", "y1", "x2", "y2")] == [
        "9",
        "30",
        "20",
        "33",
    ]


async def test_an_area_outside_the_board_is_not_filled(visitors: Visitors, server: ServerProcess) -> None:
    page = await desk(visitors, server)
    for name, value in (("x1", 60), ("y1", 3), ("x2", 64), ("y2", 5)):
        await page.locator(f"#{name}").fill(str(value))
    await page.locator("#fill").click()
    assert await page.locator("#x2").evaluate("(input) => input.validity.rangeOverflow")
    assert set((await board_at(server.url)).pixels) == {0}


async def test_the_board_is_emptied_only_when_confirmed(visitors: Visitors, server: ServerProcess) -> None:
    before = await paint(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    page = await desk(visitors, server)
    await page.locator("#reset").click()
    await page.get_by_role("button", name="Keep the board").click()
    await expect(page.locator("#confirm")).to_be_hidden()
    await page.locator("#reset").click()
    await page.keyboard.press("Escape")
    await expect(page.locator("#confirm")).to_be_hidden()
    assert await board_at(server.url) == before
    await page.locator("#reset").click()
    await page.locator("#confirm-reset").click()
    await hears(page, "Board reset", "good")
    await expect(page.locator("#results li")).to_have_count(1)
    assert set((await drawing.equals_server()).pixels) == {0}


async def test_the_key_stays_in_its_tab(visitors: Visitors, server: ServerProcess) -> None:
    page = await desk(visitors, server)
    await page.reload()
    await expect(page.locator("#key")).to_have_value(API_KEY)
    other = await page.context.new_page()
    await other.goto(server.url + "/admin")
    await expect(other.locator("#key")).to_have_value("")
    assert API_KEY not in await page.evaluate("() => JSON.stringify(localStorage) + document.cookie + location.href")


async def test_a_qr_code_signs_in_and_leaves_no_key_in_the_address(visitors: Visitors, server: ServerProcess) -> None:
    page, _ = await visitors.open(f"{server.url}/admin#key={API_KEY}")
    await expect(page.locator("#key")).to_have_value(API_KEY)
    assert await page.evaluate("location.href + JSON.stringify(history.state)") == f"{server.url}/adminnull"
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    await page.locator("#read-only").click()
    await hears(page, "Drawing is closed", "good")
    await page.locator("#read-only").click()
    await hears(page, "Drawing is open", "good")
