"""Small windows, large text, the system's colours: the board is there, buttons are in sight (WCAG 1.4.4, 1.4.10)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.boards import MARK, fill
from tests.browser.canvas import extent
from tests.browser.drawing_page import MARK_COLOR, DrawingPage
from tests.browser.visitors import Visitors
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Zoom of 400 % on a laptop, half of a split phone, the smallest phones, a phone held sideways.
SIZES = [(320, 256), (412, 280), (360, 300), (568, 232), (280, 653), (320, 480), (360, 640), (844, 390)]
LARGE_TEXT = 32
Painted = tuple[str, tuple[int, int]]
_BOXES = """() => Object.fromEntries([...document.querySelectorAll("#panel, #tools, .pill, #place")]
  .map((element, index) => [element.id || `pill${index}`, element.getBoundingClientRect().toJSON()]))"""
# What a finger would hit at each 8th point of the window.
_FREE = """() => {
  let free = 0;
  for (let x = 4; x < innerWidth; x += 8)
    for (let y = 4; y < innerHeight; y += 8) free += document.elementFromPoint(x, y)?.id === "board";
  return free * 64;
}"""
_CUT = """(selector) => [...document.querySelectorAll(selector)].filter((element) => {
  const { left, right, width } = element.getBoundingClientRect();
  return width > 0 && (left < -0.5 || right > innerWidth + 0.5 || element.scrollWidth > element.clientWidth + 1);
}).map((element) => element.id || element.outerHTML.slice(0, 60))"""
_PRESSED = "#settings, #settings button, #settings .switch, #settings select, #place, #tools, .pill"


async def small(visitors: Visitors, url: str, width: int, height: int, **options: Any) -> DrawingPage:
    """The drawing page in a window of that size."""
    return await DrawingPage.open(visitors, url, viewport={"width": width, "height": height}, **options)


async def large_text(page: Page) -> None:
    """What a person chooses in the browser's settings: text twice as large."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Page.enable")
    await devtools.send("Page.setFontSizes", {"fontSizes": {"standard": LARGE_TEXT}})


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("hand", ["left", "right"])
async def test_the_board_can_be_seen_and_hit_in_every_window(
    visitors: Visitors, shared_server: ServerProcess, width: int, height: int, hand: str
) -> None:
    kept = {"name": "beeplace.preferences", "value": json.dumps({"hand": hand})}
    state = {"origins": [{"origin": shared_server.url, "localStorage": [kept]}]}
    drawing = await small(visitors, shared_server.url, width, height, storage_state=state)
    assert await drawing.page.evaluate(_FREE) >= 100 * 100
    assert await drawing.page.evaluate(_CUT, "#place, #tools, .pill") == []
    for name, box in (await drawing.page.evaluate(_BOXES)).items():
        assert box["top"] >= 0, name
        assert box["bottom"] <= height, name
    await drawing.page.keyboard.press("ArrowRight")
    await drawing.button.click()
    await drawing.says("Placed at")


@pytest.fixture(scope="module", params=[(64, 64), (160, 50), (40, 90)], ids=["square", "wide", "high"])
def painted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Painted]:
    """A board of one colour, and its shape."""
    columns, rows = request.param
    settings = {"BOARD_WIDTH": columns, "BOARD_HEIGHT": rows, "INITIAL_SCALE": 3}
    server = ServerProcess(tmp_path_factory.mktemp("painted") / "server", **settings)
    asyncio.run(fill(server.url, (0, 0), request.param, MARK))
    yield server.url, request.param
    server.kill()


@pytest.mark.parametrize(("width", "height"), [(412, 839), (360, 640), (320, 256), (844, 390), (1280, 900)])
async def test_the_whole_board_lies_where_nothing_covers_it(
    visitors: Visitors, painted: Painted, width: int, height: int
) -> None:
    url, (columns, rows) = painted
    drawing = await small(visitors, url, width, height, reduced_motion="reduce")
    await drawing.page.locator("#fit").click()
    board = await extent(drawing.page, MARK_COLOR)
    assert (board[2] - board[0]) / columns == pytest.approx((board[3] - board[1]) / rows, rel=0.1)
    assert board[0] >= 0
    assert board[1] >= 0
    for name, box in (await drawing.page.evaluate(_BOXES)).items():
        apart = (
            board[2] <= box["left"] + 1
            or board[0] >= box["right"] - 1
            or board[3] <= box["top"] + 1
            or board[1] >= box["bottom"] - 1
        )
        assert apart, name


@pytest.mark.parametrize(("width", "height"), [(360, 640), (320, 568)])
@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
async def test_text_of_twice_the_size_wraps(
    visitors: Visitors, shared_server: ServerProcess, width: int, height: int, language: str
) -> None:
    drawing = await small(visitors, shared_server.url, width, height, locale=language)
    page = drawing.page
    await large_text(page)
    await expect(page.locator("html")).to_have_css("font-size", f"{LARGE_TEXT}px")
    assert await page.evaluate(_FREE) >= 100 * 100
    await page.locator("#menu").click()
    assert await page.evaluate(_CUT, _PRESSED) == []
    for switch in await page.locator("#settings .switch").all():
        await switch.scroll_into_view_if_needed()
        await expect(switch).to_be_in_viewport(ratio=0.95)


_BEYOND = """() => [...document.querySelectorAll("h1, p, button, input, select, textarea, label")].filter((element) => {
  const { left, right, width } = element.getBoundingClientRect();
  return width > 0 && (left < -0.5 || right > innerWidth + 0.5);
}).map((element) => element.id || element.outerHTML.slice(0, 60))"""


@pytest.mark.parametrize("language", ["en-GB", "fr-FR", "de-CH"])
@pytest.mark.parametrize("path", ["/displays", "/admin", "/replay", "/docs", "/privacy", "/sheet"])
async def test_no_page_is_wider_than_the_window_with_large_text(
    visitors: Visitors, shared_server: ServerProcess, path: str, language: str
) -> None:
    window = {"width": 320, "height": 640}
    page, _ = await visitors.open(shared_server.url + path, viewport=window, locale=language)
    await large_text(page)
    if path != "/docs":
        await expect(page.locator("html")).to_have_attribute("lang", language[:2])
    await expect(page.locator("html")).to_have_css("font-size", f"{LARGE_TEXT}px")
    assert await page.evaluate(_BEYOND) == []
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


async def test_without_a_limit_nothing_is_counted(visitors: Visitors, start_server: StartServer) -> None:
    drawing = await DrawingPage.open(visitors, start_server(COOLDOWN=0, MAX_PIXELS=1000).url)
    await drawing.page.keyboard.press("ArrowRight")
    await drawing.button.click()
    await drawing.says("Placed at")
    await expect(drawing.page.locator("#allowance")).to_be_hidden()


async def test_a_limit_that_an_organiser_sets_is_counted(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url)
    await expect(drawing.page.locator("#allowance")).to_be_visible()
    await expect(drawing.remaining).to_have_text("3")


async def test_the_systems_colours_lose_nothing_that_a_ground_tells(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await small(visitors, server.url, 412, 839, forced_colors="active")
    page = drawing.page
    await page.keyboard.press("ArrowRight")
    await drawing.button.click()
    await drawing.settled()
    ground = "(element) => getComputedStyle(element).backgroundColor"
    pips = await page.locator("#pips i").evaluate_all(f"(all) => all.map({ground})")
    assert len(set(pips)) == 2
    dot = "() => getComputedStyle(document.getElementById('connection'), '::before').backgroundColor"
    assert await page.evaluate(dot) not in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)")
    await page.locator("#menu").click()
    knob = "(element) => getComputedStyle(element, '::after').backgroundColor"
    for switch in await page.locator("#settings .switch").all():
        assert await switch.evaluate(knob) != await switch.evaluate(ground)


async def test_the_canvas_shows_that_it_has_the_focus(visitors: Visitors, server: ServerProcess) -> None:
    await fill(server.url, (0, 0), (63, 63), 3)
    drawing = await small(visitors, server.url, 412, 839)
    page = drawing.page
    before = await page.screenshot(clip={"x": 0, "y": 300, "width": 4, "height": 40})
    await page.keyboard.press("Tab")
    for _ in range(20):
        if await page.evaluate("() => document.activeElement.id") == "board":
            break
        await page.keyboard.press("Tab")
    await expect(page.locator("#board")).to_be_focused()
    await expect(page.locator("#board")).to_have_css("outline-width", "3px")
    assert await page.screenshot(clip={"x": 0, "y": 300, "width": 4, "height": 40}) != before
