"""Everyone can compose a wall: axe finds nothing on any of its states, nor on what displays show; in four languages."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.axe import findings
from tests.browser.boards import paint
from tests.browser.visitors import Visitors
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING_FADES = """() => document.getAnimations().every((one) =>
  one.playState === "finished" || one.effect.getComputedTiming().endTime === Infinity)"""
SCENES = ("statistics", "qr", "slide", "camera", "replay")


@pytest.mark.parametrize("width", [1440, 820])
async def test_axe_finds_nothing_where_walls_are_composed(
    visitors: Visitors, server: ServerProcess, width: int
) -> None:
    await paint(server.url)
    page, _ = await visitors.open(server.url + "/displays", viewport={"width": width, "height": 900})
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    assert await findings(page) == []
    await page.locator("#crop").check()
    await page.locator("#join").select_option("br")
    for _ in range(6):
        await page.locator("#add-scene").click()
    await page.locator("#columns").fill("3")
    await page.locator("#test").click()
    assert await findings(page) == []
    await page.locator("#delay").fill("99")
    await expect(page.locator("#notice")).to_contain_text("Not changed")
    assert await findings(page) == []


@pytest.mark.parametrize("scene", SCENES)
async def test_axe_finds_nothing_on_a_display(visitors: Visitors, server: ServerProcess, scene: str) -> None:
    page, _ = await visitors.open(f"{server.url}/display?scenes={scene}:3600&slide=Finale&join=tl&w=0")
    await expect(page.locator("body")).to_have_attribute("data-scene", scene)
    await expect(page.locator("#message")).to_be_visible()
    await page.wait_for_function(NOTHING_FADES)
    assert await findings(page) == []


@pytest.mark.parametrize(("language", "words"), [("de-CH", "Bildschirme"), ("fr", "Écrans"), ("it", "Schermi")])
async def test_a_wall_is_composed_in_the_browser_s_language(
    visitors: Visitors, server: ServerProcess, language: str, words: str
) -> None:
    page, _ = await visitors.open(server.url + "/displays", locale=language)
    await expect(page.locator("fieldset h2").first).to_have_text(words)
    await expect(page.locator("html")).to_have_attribute("lang", language[:2])
