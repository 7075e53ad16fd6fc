"""The organiser's page for everyone: axe finds nothing, four languages, and it fits the smallest phones."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.axe import findings
from tests.browser.desk_page import DESKTOP, SMALL_PHONE, DeskPage
from tests.browser.visitors import Visitors
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

TABS = ("area", "now", "done", "board")
_OVERFLOW = """() => {
  const isOutside = ({ left, right }) => right > innerWidth + 1 || left < -1;
  const seen = [...document.querySelectorAll('button, input, select, canvas, h1, h2, p, li')];
  const isCut = (one) => one.tagName !== 'H1' && one.scrollWidth > one.clientWidth + 1;
  const cut = [...document.querySelectorAll('#bar > *')].filter(isCut);
  if (cut.length > 0) return cut.map((one) => `${one.id} is cut`);
  const outside = seen.filter((one) => one.checkVisibility() && isOutside(one.getBoundingClientRect()));
  return [document.documentElement.scrollWidth - innerWidth, ...outside.map((one) => one.id || one.textContent)];
}"""


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("theme", ["dark", "sunlight", "night"])
async def test_axe_finds_nothing(visitors: Visitors, server: ServerProcess, size: str, theme: str) -> None:
    desk = await DeskPage.open(visitors, server.url, **(DESKTOP if size == "desktop" else SMALL_PHONE))
    await desk.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
    for tab in TABS:
        await desk.tab(tab)
        assert await findings(desk.page) == [], tab
    await desk.page.locator("#reset").click()
    assert await findings(desk.page) == []


@pytest.mark.parametrize("language", ["en", "de", "fr", "it"])
async def test_every_language_fits_the_smallest_phone(visitors: Visitors, server: ServerProcess, language: str) -> None:
    options = {**SMALL_PHONE, "viewport": {"width": 320, "height": 568}, "locale": language}
    desk = await DeskPage.open(visitors, server.url, **options)
    await expect(desk.page.locator("html")).to_have_attribute("lang", language)
    for tab in TABS:
        await desk.tab(tab)
        assert await desk.page.evaluate(_OVERFLOW) == [0], tab
    assert not await desk.page.evaluate("() => /\\{\\w+\\}|\\w+\\.\\w+\\.\\w+/.test(document.body.innerText)")


async def test_a_language_that_is_chosen_is_spoken_at_once(visitors: Visitors, server: ServerProcess) -> None:
    desk = await DeskPage.open(visitors, server.url)
    await desk.tab("board")
    await desk.page.locator("#language").select_option("de")
    await expect(desk.page.locator("#tab-now")).to_have_text("Jetzt")
    await expect(desk.page.locator("#you")).to_contain_text("Angemeldet")
