"""The sheet that organisers print: one page of A4 in each language, true under every rule of the evening."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import findings
from tests.browser.desk_page import DeskPage
from tests.browser.visitors import Visitors
from tests.conftest import StartServer
from tests.e2e.entrance.test_tickets import sources
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

A4 = (595, 842)  # in points
LANGUAGES = ("en", "de", "fr", "it")
LETTERS = '[data-way="code"]'
TICKET = '[data-way="ticket"]'


async def printed(page: Page) -> list[tuple[int, int]]:
    """The sizes of the pages that a printer would get, in whole points."""
    pdf = await page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


async def test_a_desk_leads_to_a_sheet_that_is_one_page_in_each_language(
    visitors: Visitors, start_server: StartServer, tmp_path: Path
) -> None:
    name = "Fête <d'été> & Sommerfest am See, mit {address} und allen"
    site = "https://" + "place-at-the-festival." * 2 + "example.org"
    server = start_server(**sources(tmp_path) | {"ENTRY": "open", "EVENT_NAME": name, "PUBLIC_URL": site})
    desk = await DeskPage.open(visitors, server.url, locale="de")
    await desk.tab("board")
    async with desk.page.context.expect_page() as opened:
        await desk.page.get_by_role("link", name="Blatt zum Drucken").click()
    page = await opened.value
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.locator("h1 span")).to_have_text(name)
    await expect(page.locator("#address")).to_have_text(site.removeprefix("https://"))
    for language in LANGUAGES:
        await page.goto(f"{server.url}/sheet?language={language}")
        await expect(page.locator("html")).to_have_attribute("lang", language)
        assert await page.locator("img").evaluate("(image) => image.decode().then(() => image.naturalWidth > 0)")
        assert await printed(page) == [A4]
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert await findings(page) == []
    await page.set_viewport_size({"width": 320, "height": 640})
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    await page.emulate_media(media="print")
    await expect(page.locator("aside")).to_be_hidden()
    await expect(page.locator("nav")).to_be_hidden()


@pytest.mark.parametrize(
    ("entry", "letters", "ticket"),
    [("open", True, True), ("code", True, True), ("ticket", False, True), ("work", True, True)],
)
async def test_a_sheet_says_what_may_be_asked_for_and_has_no_code(
    visitors: Visitors, start_server: StartServer, tmp_path: Path, entry: str, *, letters: bool, ticket: bool
) -> None:
    server = start_server(**sources(tmp_path) | {"ENTRY": entry})
    page, _ = await visitors.open(f"{server.url}/sheet", java_script_enabled=False)
    await expect(page.locator(LETTERS)).to_be_visible(visible=letters)
    await expect(page.locator(TICKET)).to_be_visible(visible=ticket)
    await expect(page.locator("#address")).to_have_text(server.url.removeprefix("http://"))
    assert await page.locator("img").get_attribute("src") == "./api/qr.svg?text=/"


async def test_no_ticket_is_asked_for_where_there_are_none(visitors: Visitors, shared_server: ServerProcess) -> None:
    page, _ = await visitors.open(f"{shared_server.url}/sheet")
    await expect(page.locator(LETTERS)).to_be_visible()
    await expect(page.locator(TICKET)).to_be_hidden()
