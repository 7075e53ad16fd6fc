"""What is remembered of people, on a page for them: found where they draw and come in, and read in every way."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import findings
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import Visitors
from tests.conftest import StartServer
from tests.e2e.entrance.test_tickets import sources
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

_COLOURS = "() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"


async def opened(page: Page, selector: str) -> Page:
    """The page behind a link, which leaves the drawing page open."""
    async with page.context.expect_page() as other:
        await page.locator(selector).click()
    return await other.value


async def test_who_draws_finds_it_in_the_language_that_they_chose(
    visitors: Visitors, shared_server: ServerProcess
) -> None:
    drawing = await DrawingPage.open(visitors, shared_server.url)
    await drawing.page.locator("#menu").click()
    for language, title in (("fr", "Ce que ce site retient de toi"), ("it", "Che cosa ricorda di te questo sito")):
        await drawing.page.locator("#settings [name=language]").select_option(language)
        page = await opened(drawing.page, "#settings a[href*=privacy]")
        await expect(page.locator("h1")).to_have_text(title)
        await expect(page.locator("html")).to_have_attribute("lang", language)
    await page.get_by_role("link", name="Deutsch").click()
    await expect(page.locator("h1")).to_have_text("Was diese Seite von dir weiß")
    await expect(page.locator("[aria-current]")).to_have_text("Deutsch")
    await page.locator(".back a").click()
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")


async def test_who_comes_in_finds_it_before(visitors: Visitors, start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(**sources(tmp_path) | {"ENTRY": "ticket,code"})
    drawing = await DrawingPage.open(visitors, server.url, locale="de")
    await drawing.button.click()
    for sheet in ("#entry-sheet", "#ticket-sheet"):
        page = await opened(drawing.page, f"{sheet} a[href*=privacy]")
        await expect(page.locator("html")).to_have_attribute("lang", "de")
        assert await findings(drawing.page) == []
        if sheet == "#entry-sheet":
            await drawing.page.locator("#entry-ticket").click()


async def test_it_is_read_by_day_by_night_in_the_systems_colours_on_paper_and_without_scripts(
    visitors: Visitors, shared_server: ServerProcess
) -> None:
    context = await visitors.context(viewport={"width": 320, "height": 640}, color_scheme="dark")
    page = await context.new_page()
    await page.goto(f"{shared_server.url}/privacy?language=de")
    dark = await page.evaluate(_COLOURS)
    assert await findings(page) == []
    await page.emulate_media(color_scheme="light")
    light = await page.evaluate(_COLOURS)
    assert await findings(page) == []
    assert light != dark
    await page.emulate_media(color_scheme="dark", media="print")
    assert await page.evaluate(_COLOURS) == light
    await expect(page.locator("nav")).to_be_hidden()
    await page.emulate_media(forced_colors="active", media="screen")
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    plain = await (await visitors.context(java_script_enabled=False)).new_page()
    await plain.goto(f"{shared_server.url}/privacy")
    await expect(plain.locator("li")).to_have_count(14)
