"""Where a ticket lets in: from its own link, or typed by keyboard; another phone is told whose it is."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import expect

from tests.browser.axe import findings
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import PHONE, Visitors
from tests.conftest import StartServer
from tests.e2e.entrance.test_tickets import TICKETS, sources

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHEET = re.compile(r"/assets/ticket-in-[^/]*\.js$")


async def test_a_ticket_s_link_leads_to_a_pixel_and_typing_does_too(
    visitors: Visitors, start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(**sources(tmp_path) | {"ENTRY": "ticket,code"})
    typing = await DrawingPage.open(visitors, server.url, locale="fr")
    assert not any(SHEET.search(path) for path in typing.wire.fetched), "it is loaded before anybody wants it"
    link = f"#ticket={quote(TICKETS['standard'], safe='')}"
    phone = await DrawingPage.open(visitors, server.url, link, **PHONE)
    await phone.says("You are in. Draw!")
    assert "ticket" not in phone.page.url
    await phone.canvas.tap()
    await phone.button.tap()
    await phone.says("Placed at")
    await phone.page.reload()
    await phone.live()
    await phone.canvas.tap()
    await expect(phone.button).to_have_text("Place")

    visitors.forgiven.append("403")  # Chromium's own line about that status
    other = await DrawingPage.open(visitors, server.url, link, **PHONE)
    await expect(other.page.locator("#ticket-words")).to_contain_text("Another phone has come in with this ticket")

    page, field = typing.page, typing.page.locator("#ticket-text")
    await typing.button.press("Enter")
    await expect(page.locator("#entry-code")).to_be_focused()
    await page.locator("#entry-ticket").press("Enter")
    await expect(field).to_be_focused()
    assert await findings(page) == []
    await page.keyboard.type("hive 0009")
    await page.keyboard.press("Enter")
    await expect(page.locator("#ticket-words")).to_contain_text("Ce n’est pas un billet de cet événement")
    await expect(field).to_have_value("hive 0009")
    await page.keyboard.type("hive 0001")
    await page.keyboard.press("Enter")
    await typing.says("Tu y es. Dessine !")
    await expect(page.locator("#ticket-sheet")).to_be_hidden()


async def test_no_letters_are_asked_for_where_no_wall_shows_any(
    visitors: Visitors, start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(**sources(tmp_path) | {"ENTRY": "ticket,work"})
    phone = await DrawingPage.open(visitors, server.url)
    sheet = phone.page.locator("#entry-sheet")
    await phone.button.press("Enter")
    await expect(sheet.get_by_role("button", name="You have a ticket?")).to_be_focused()
    await expect(sheet.get_by_role("button", name="Let this device work")).to_be_visible()
    await expect(sheet.get_by_label("Letters")).to_be_hidden()
    await expect(sheet).not_to_contain_text("six letters", use_inner_text=True)
    await expect(sheet.get_by_role("button", name="Come in", exact=True)).to_be_hidden()
    assert await findings(phone.page) == []
    await phone.page.keyboard.press("Enter")
    await expect(phone.page.locator("#ticket-text")).to_be_focused()
