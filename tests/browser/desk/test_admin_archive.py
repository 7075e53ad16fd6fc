"""An archive folder from the desk: asked for with one press, followed to its end, and what cannot be made is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.axe import findings
from tests.browser.desk_page import SMALL_PHONE, DeskPage
from tests.browser.visitors import Visitors
from tests.conftest import StartServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
MADE_MS = 600_000  # a second of work, behind everything else that a machine does


async def test_the_desk_makes_an_archive_and_says_when_it_is_done(
    visitors: Visitors, start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(ARCHIVE_FOLDER=tmp_path / "kept", ARCHIVE_FILM=0)
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    page, make, lines = desk.page, desk.page.locator("#archive-make"), desk.page.locator("#archives li")
    await desk.tab("board")
    await expect(page.locator("#archive-hint")).to_contain_text("all that remains of the event")
    await make.click()
    await desk.hears("Archive: The archive is being made")
    await expect(lines).to_have_count(1)
    await expect(lines.first).to_contain_text("· done", timeout=MADE_MS)
    await expect(make).to_be_enabled()
    [made] = (tmp_path / "kept").glob("[!.]*")
    await expect(lines.first).to_contain_text(made.name)
    assert await findings(page) == []


async def test_the_desk_says_that_no_folder_is_set(visitors: Visitors, start_server: StartServer) -> None:
    desk = await DeskPage.open(visitors, start_server().url, **SMALL_PHONE)
    await desk.tab("board")
    await expect(desk.page.locator("#archive-hint")).to_contain_text("no ARCHIVE_FOLDER")
    await expect(desk.page.locator("#archive-make")).to_be_disabled()
