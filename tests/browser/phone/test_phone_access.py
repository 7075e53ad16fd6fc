"""Everyone can draw: axe finds nothing on any state, the keyboard does all, ears hear it, in four languages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import findings
from tests.browser.boards import mark, organise
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import PHONE, Visitors, Wire
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


def stored(url: str, preferences: str) -> dict[str, Any]:
    """A browser's context in which that is stored."""
    kept = {"name": "beeplace.preferences", "value": preferences}
    return {"storage_state": {"origins": [{"origin": url, "localStorage": [kept]}]}}


async def drawing_with(
    visitors: Visitors, url: str, preferences: object = None, *, place: str = "", waits: bool = True, **options: Any
) -> DrawingPage:
    """The page on a phone that has these settings stored, whatever they are; `waits` until it is live."""
    text = preferences if isinstance(preferences, str) else json.dumps(preferences)
    kept = {} if preferences is None else stored(url, text)
    context = await visitors.context(**{**PHONE, **options, **kept})
    drawing = DrawingPage(url, page := await context.new_page(), Wire(page))
    await page.goto(f"{url}/{place}")
    if waits:
        await drawing.live()
    return drawing


@pytest.mark.parametrize("theme", ["dark", "sunlight", "night"])
async def test_axe_finds_nothing_in_any_state(visitors: Visitors, server: ServerProcess, theme: str) -> None:
    drawing = await drawing_with(visitors, server.url, {"theme": theme, "patterns": theme == "sunlight"})
    page = drawing.page
    assert await findings(page) == []
    await page.keyboard.press("ArrowRight")
    await drawing.button.click()
    await drawing.says("Placed at")
    assert await findings(page) == []
    await page.locator("#who").click()
    await expect(page.locator("#changes li")).to_have_count(1)
    assert await findings(page) == []
    await page.locator("#menu").click()
    assert await findings(page) == []
    await page.keyboard.press("Escape")
    await organise(server.url, "/board/read-only", readOnly=True)
    await drawing.says("Drawing is closed")
    assert await findings(page) == []


async def test_axe_finds_nothing_without_a_network(visitors: Visitors, server: ServerProcess) -> None:
    visitors.forgiven += ("net::ERR_", "WebSocket connection to", "Failed to load resource", "fetching the script")
    drawing = await drawing_with(visitors, server.url)
    async with drawing.cut():
        await drawing.says("Your device is offline.")
        assert await findings(drawing.page) == []


async def test_the_keyboard_alone_draws(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url)
    page, press = drawing.page, drawing.page.keyboard.press
    await press("ArrowRight")
    await press("Shift+ArrowDown")
    await press("ArrowUp")
    await drawing.has_chosen(32, 41)
    await page.locator("#palette input").first.focus()
    await press("ArrowRight")
    await expect(page.locator('#palette [data-color="1"]')).to_be_checked()
    await page.locator("#place").focus()
    await press("Enter")
    await drawing.says("Placed at 32, 41")
    await press("i")
    await expect(page.locator("#changes li")).to_contain_text("you")
    await press("Escape")
    await expect(page.locator("#history")).to_be_hidden()
    await press("1")
    await expect(page.locator("#zoom")).to_have_text("1×")
    await press("f")
    await expect(page.locator("#zoom")).not_to_have_text("1×")


async def test_the_focus_is_always_seen_and_nothing_traps_it(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url, viewport={"width": 360, "height": 640})
    seen = set()
    for _ in range(18):
        await drawing.page.keyboard.press("Tab")
        seen.add(await drawing.page.evaluate("() => document.activeElement.id || document.activeElement.className"))
    assert {"board", "menu", "zoom-in", "fit", "swatch"} <= seen


async def test_ears_hear_position_colour_and_result(visitors: Visitors, server: ServerProcess) -> None:
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    spoken = drawing.page.locator("#spoken")
    await expect(spoken).to_have_attribute("aria-live", "polite")
    await drawing.click(30, 30)
    await expect(spoken).to_have_text("Column 30, row 30: blue.")
    await drawing.page.keyboard.press("ArrowLeft")
    await expect(spoken).to_have_text("Column 29, row 30: white.")
    await drawing.button.click()
    await expect(drawing.notice).to_have_attribute("role", "status")
    await drawing.says("Placed at 29, 30")


@pytest.mark.parametrize(
    ("locale", "place", "language"),
    [("de-CH", "Setzen", "de"), ("fr-FR", "Poser", "fr"), ("it-CH", "Posa", "it"), ("ja-JP", "Place", "en")],
)
async def test_the_browser_chooses_the_language(
    visitors: Visitors, server: ServerProcess, locale: str, place: str, language: str
) -> None:
    drawing = await drawing_with(visitors, server.url, locale=locale)
    await drawing.page.keyboard.press("ArrowRight")
    await expect(drawing.button).to_have_text(place)
    await expect(drawing.page.locator("html")).to_have_attribute("lang", language)


async def test_another_language_is_chosen_at_once_and_remembered(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await drawing_with(visitors, server.url, locale="de-CH")
    page = drawing.page
    await page.keyboard.press("ArrowRight")
    await page.locator("#menu").click()
    await page.locator('[name="language"]').select_option("fr")
    await expect(page.locator("#settings-title")).to_have_text("Réglages")
    await page.reload()
    await expect(page.locator("#settings-title")).to_have_text("Réglages")
    await expect(page.locator('#palette [data-color="0"]')).to_have_attribute("aria-label", "blanc, couleur 1 sur 16")


@pytest.mark.parametrize("viewport", [(360, 640), (915, 412), (820, 1180)], ids=["small", "landscape", "tablet"])
async def test_a_left_hander_has_the_button_at_the_left_also_after_a_reload(
    visitors: Visitors, server: ServerProcess, viewport: tuple[int, int]
) -> None:
    width, height = viewport
    drawing = await drawing_with(visitors, server.url, viewport={"width": width, "height": height})
    page = drawing.page
    assert await _is_right_of(page, "#place", "#pad")
    await page.locator("#menu").click()
    await page.locator('[name="hand"][value="left"]').check()
    await page.keyboard.press("Escape")
    assert await _is_right_of(page, "#pad", "#place")
    await page.reload()
    await drawing.live()
    assert await _is_right_of(page, "#pad", "#place")
    assert await _is_right_of(page, "#who", "#tools") or width > height


async def _is_right_of(page: Page, one: str, other: str) -> bool:
    boxes = [await page.locator(selector).bounding_box() for selector in (one, other)]
    assert boxes[0]
    assert boxes[1]
    return boxes[0]["x"] > boxes[1]["x"]


@pytest.mark.parametrize("stored", ["{", "[]", '{"theme":7,"hand":"both","language":"xx"}', "null"])
async def test_settings_that_cannot_be_read_become_the_usual_ones(
    visitors: Visitors, server: ServerProcess, stored: str
) -> None:
    drawing = await drawing_with(visitors, server.url, stored, waits=False)  # it is said before, and not for long
    await drawing.says("Your settings could not be read. The usual ones are used.")
    await expect(drawing.page.locator("html")).to_have_attribute("data-theme", "dark")
    await drawing.page.reload()
    await drawing.live()
    await expect(drawing.notice).to_have_text("")


async def test_a_place_that_is_none_is_said(visitors: Visitors, start_server: StartServer) -> None:
    drawing = await drawing_with(visitors, start_server().url, place="#99,1,2")
    await drawing.says("The address names no place on this board.")
